/** The drawer "What is in this file": where the page comes from, what is included and what is not, and how to check it. */
import type { Attachment } from "../../ui/share/payload.ts";
import { bytes } from "../state/quantity.ts";
import { type Markup, markup } from "./markup.ts";
import { counted, type IncludedPart } from "./options.ts";
import { markedCells, type Shared, type SharedRecord } from "./shared.ts";

export type Facts = {
  readonly attachments: readonly Attachment[];
  readonly included: readonly IncludedPart[];
  /** By the author, for the reader. */
  readonly note: string | undefined;
  readonly licence: string | undefined;
  readonly code: "shown" | "not shown";
  /** The states that the reader can choose. */
  readonly states: readonly { readonly name: string; readonly digest: string | undefined }[];
};

const ORIGINS: Readonly<Record<string, string>> = {
  shipped: "comes with Palimpsest",
  outside: "not included, only its digests",
  workspace: "part of the data",
};

export function factsHtml(shared: Shared, facts: Facts): Markup {
  const { record, notebook } = shared;
  return markup`<h2 id="inside-title">What is in this file</h2>
${facts.note === undefined ? "" : markup`<p class="author-note">${facts.note}</p>`}
<dl>${entry("Notebook", notebook.name)}${entry("Licence", facts.licence ?? "not stated by the author")}${record ? recordFacts(record) : entry("Record", "none: this page shows a session that was not saved as an experiment")}</dl>
${record ? digestText(record) : ""}
<h3>Included</h3>
<ul>${includedTexts(shared, facts).map((each) => markup`<li>${each}</li>`)}</ul>
<h3>Not included</h3>
<ul>${missingTexts(shared, facts).map((each) => markup`<li>${each}</li>`)}</ul>
<h3>Take it out</h3>
<ul class="downloads">
<li><a download="${notebook.name}" data-download="notebook" href="data:text/typescript;charset=utf-8;base64,${Buffer.from(notebook.text).toString("base64")}">${notebook.name}</a>, the notebook</li>
${facts.attachments.map((each, i) => markup`<li class="needs-script"><button type="button" class="link" data-attachment="${i}">${each.name}</button>, ${ATTACHMENTS[each.what]}, ${bytes(each.bytes)}</li>`)}
</ul>
<p class="muted">Each chart can be saved as SVG, PNG and CSV, and each table as CSV, with the buttons below it. <code>palimpsest start</code> opens this file as a notebook; nothing in it runs until you run it.</p>
${record ? environmentHtml(record) : ""}`;
}

const ATTACHMENTS: Readonly<Record<Attachment["what"], string>> = {
  record: "the record of the experiment",
  adapter: "trained weights",
  data: "a data file",
  rows: "all rows of the trainings",
};

function recordFacts(record: SharedRecord): Markup {
  const { id, status, created, seed, digest, certificate } = record;
  return markup`${entry("Record", id)}${entry("Made", `${created.slice(0, 16).replace("T", " ")} UTC, ${status === "done" ? "ran to its end" : status}, seed ${seed}`)}${entry(
    "Digest",
    digest === undefined
      ? "none: the record was cut off before its end"
      : markup`<code class="digest">${digest}</code>`,
  )}${entry(
    "Certificate",
    certificate
      ? `${certificate.verdict}: it was repeated on ${certificate.verified.slice(0, 10)} and ${certificate.coverage} compared`
      : "not verified yet: nobody has repeated it with palimpsest verify",
  )}`;
}

function digestText({ digest }: SharedRecord): Markup {
  if (digest === undefined) return markup``;
  return markup`<p class="muted">The digest proves that the record was not changed. It does not prove who published it.</p>`;
}

function includedTexts(shared: Shared, { attachments, code, states }: Facts): string[] {
  const marked = markedCells(shared).length;
  const texts = [
    `${counted(shared.cells.length, "cell")} with text, tables and charts as they were shown${marked > 0 ? `; ${counted(marked, "cell")} marked as not up to date` : ""}`,
    code === "shown" ? "the code of the notebook" : "the code of the notebook, as a file only",
  ];
  for (const { name, digest } of states)
    texts.push(`the state ${name}, from a record${digest === undefined ? "" : ` with the digest ${digest}`}`);
  return [
    ...texts,
    ...attachments.map(({ name, what, bytes: size }) => `${name}: ${ATTACHMENTS[what]}, ${bytes(size)}`),
  ];
}

/** The archive of a record has the rows of its trainings in any case. */
function missingTexts({ record }: Shared, { included }: Facts): string[] {
  const without = (part: IncludedPart, text: string | undefined): string[] =>
    included.includes(part) || text === undefined ? [] : [text];
  return [
    ...without("adapter", "the adapters (trained weights)"),
    ...without("data", record ? dataText(record) : "data files"),
    ...without("rows", record ? undefined : "rows of the trainings beyond those that charts and tables show"),
    ...without("training", "what is needed to run the notebook in this page"),
    "checkpoints",
    ...(record?.models ?? []).map(({ name, origin }) => `the model ${name}: ${ORIGINS[origin] ?? origin}`),
    "paths, names and settings of the author's machine",
  ];
}

function dataText({ data }: SharedRecord): string | undefined {
  if (data.length === 0) return undefined;
  return `data files, only their digests: ${data.map(({ path, bytes: size }) => `${path}, ${bytes(size)}`).join("; ")}`;
}

function environmentHtml({ environment }: SharedRecord): Markup {
  return markup`<details><summary>Environment of the record</summary><dl>${Object.entries(environment).map(([name, value]) => entry(name, value))}</dl></details>`;
}

function entry(name: string, value: string | Markup): Markup {
  return markup`<div><dt>${name}</dt><dd>${value}</dd></div>`;
}
