/**
 * One self-contained HTML file of what is shared. It is text in, text out. The file works without a network and without a
 * script: the script makes charts and tables interactive. Its content security policy allows this one script, by its digest,
 * and no connection to anywhere.
 */
import { createHash } from "node:crypto";
import {
  type Attachment,
  attachmentId,
  PAYLOAD_ID,
  SHARE_FORMAT,
  type SharedState,
  type SharePayload,
} from "../../ui/share/payload.ts";
import { cellHtml, outlineHtml, resultHtml } from "./cells-html.ts";
import { type Facts, factsHtml } from "./facts-html.ts";
import { jsonInScript, Markup, markup } from "./markup.ts";
import { type CodeMode, counted, type Theme } from "./options.ts";
import { OutputWriter, type Renderer } from "./output-html.ts";
import { markedCells, type Shared } from "./shared.ts";
import { pageStyle } from "./style.ts";

/** The element that carries what runs the notebook in the page. */
const TRAINING_ID = "training";

/** A file in the page, with its content unless it is inside another one. */
export type AttachedFile = Attachment & { readonly content?: Uint8Array };
/** A state that the reader can choose, with all that it shows. */
export type StatePart = SharedState & { readonly shared: Shared };

/**
 * What runs the notebook in the page, only where training is included: the text that the page carries (no character of it means
 * anything in HTML), and further sources of directives of the policy. The page's script then defines `pal-run-in-page`.
 */
export type PagePart = {
  readonly payload: string;
  readonly policy: Readonly<Record<string, string>>;
};

/** Makes that part from the folder of a record. Another room does it. */
export type RunningPart = (record: string) => Promise<PagePart>;

export type PageParts = {
  readonly shared: Shared;
  readonly code: CodeMode;
  readonly theme: Theme;
  readonly facts: Pick<Facts, "included" | "note" | "licence">;
  readonly files: readonly AttachedFile[];
  /** The input that tells the states apart, and the finished runs. */
  readonly states?: { readonly input: string; readonly all: readonly StatePart[] };
  /** The page's code. */
  readonly script: string;
  readonly part?: PagePart;
};

export function pageOf(parts: PageParts, renderer: Renderer): string {
  const { shared, code, theme, files, part } = parts;
  const writer = new OutputWriter(renderer);
  const cells = shared.cells.map((cell) => cellHtml(cell, shared, code, writer));
  const states = parts.states?.all ?? [];
  const templates = states.slice(1).map((state, at) => templatesOf(state, at + 1, writer));
  const attachments = files.map(({ content, ...attachment }): Attachment => attachment);
  const payload: SharePayload = {
    format: SHARE_FORMAT,
    title: shared.title,
    notebook: shared.notebook,
    inputs: shared.inputs,
    about: aboutOf(shared, parts.facts.note),
    ...writer.collected,
    attachments,
    ...(parts.states && {
      states: { input: parts.states.input, all: states.map(({ name, inputs }) => ({ name, inputs })) },
    }),
  };
  const facts: Facts = {
    ...parts.facts,
    attachments,
    code: code === "none" ? "not shown" : "shown",
    states: states.map(({ name, shared: { record } }) => ({ name, digest: record?.digest })),
  };
  const scripts = [parts.script].map(scriptText);
  return `<!doctype html>\n${
    markup`<html lang="en"${theme === "auto" ? "" : markup` data-theme="${theme}"`}>
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policyOf(scripts, part)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="Palimpsest">
<title>${shared.title}</title>
<link rel="icon" href="data:,">
<style>${new Markup(pageStyle)}</style>
</head>
<body>
<a class="skip" href="#content">Skip to the content</a>
<header class="top"><span class="name">${shared.title}</span>${badgeHtml(shared)}<button type="button" popovertarget="inside">What is in this file</button><span id="theme" class="needs-script"></span></header>
<div class="layout">
${outlineHtml(shared)}
<main id="content" tabindex="-1">
${headHtml(shared, parts.states)}
${part ? markup`<pal-run-in-page for="${TRAINING_ID}" record="inside"></pal-run-in-page>` : ""}
${cells}
<footer>Made with Palimpsest. It shows what was computed; nothing in this page computes it again${part ? " until you ask for it" : ""}.</footer>
</main>
</div>
<aside class="inside" id="inside" popover aria-labelledby="inside-title"><button type="button" class="close" popovertarget="inside" popovertargetaction="hide">Close</button>
${factsHtml(shared, facts)}
</aside>
${templates}
<script type="application/json" id="${PAYLOAD_ID}">${new Markup(jsonInScript(payload))}</script>
${files.map(({ content }, i) => content && markup`<script type="application/octet-stream" id="${attachmentId(i)}">${Buffer.from(content).toString("base64")}</script>\n`)}
${part && markup`<script type="text/plain" id="${TRAINING_ID}">${new Markup(part.payload)}</script>\n`}
${scripts.map((each) => markup`<script>${new Markup(each)}</script>\n`)}
</body>
</html>
`.text
  }`;
}

function aboutOf(shared: Shared, note: string | undefined): SharePayload["about"] {
  const marked = markedCells(shared).length;
  const about = note ?? shared.note;
  if (!shared.record) return { marked, ...(about !== undefined && { note: about }) };
  const { id, created, status, digest, certificate } = shared.record;
  return {
    record: {
      ...{ id, created, status },
      ...(digest !== undefined && { digest }),
      ...(certificate && { verdict: certificate.verdict }),
    },
    marked,
    ...(about !== undefined && { note: about }),
  };
}

/** The results of each cell in one state. The first state has no templates, since the page shows it. */
function templatesOf({ shared }: StatePart, at: number, writer: OutputWriter): Markup {
  return markup`${shared.cells
    .filter(({ cell }) => cell.kind === "code")
    .map(
      (cell) =>
        markup`<template data-state="${at}" data-cell="${cell.cell.id}">${resultHtml(cell, shared, writer)}</template>\n`,
    )}`;
}

function headHtml(shared: Shared, states: PageParts["states"]): Markup {
  const { record, notebook, note } = shared;
  const from = record
    ? `The record ${record.id} of ${notebook.name}, ${record.created.slice(0, 10)}.`
    : `A session of ${notebook.name}.`;
  const marked = markedCells(shared);
  const links = marked.map(({ id }, i) => markup`${i > 0 ? ", " : ""}<a href="#cell-${id}">${id}</a>`);
  return markup`<p class="made">${from}${note === undefined ? "" : ` ${note}`}</p>
${marked.length > 0 ? markup`<p class="warning" role="note"><b>${counted(marked.length, "cell")}</b> ${marked.length === 1 ? "is" : "are"} stale, failed or not finished: ${links}.</p>` : ""}
${states ? statesHtml(states) : ""}`;
}

/** Without a script, the page shows the first state and says which others there are. */
function statesHtml({ input, all }: NonNullable<PageParts["states"]>): Markup {
  return markup`<div class="states" id="states"><label for="state">${input}</label><input class="needs-script" id="state" type="range" min="0" max="${all.length - 1}" step="1" value="0" aria-valuetext="${all[0]?.name}"><output for="state">${all[0]?.name}</output><span class="muted">${counted(all.length, "finished run")}: ${all.map(({ name }) => name).join(", ")}</span></div>`;
}

function badgeHtml({ record }: Shared): Markup {
  if (!record) return markup`<span class="badge">session</span>`;
  const verdict = record.certificate?.verdict;
  return markup`<span class="badge ${verdict === "different" ? "bad" : verdict ? "good" : ""}">${verdict ?? "not verified"}</span>`;
}

/** A text such as `</script>` in the code would end the element. In JavaScript, the escape means the same. */
function scriptText(code: string): string {
  return code.replace(/<(?=\/script|script|!--)/gi, "\\x3C");
}

function policyOf(scripts: readonly string[], part: PagePart | undefined): string {
  const hashes = scripts.map((each) => `'sha256-${createHash("sha256").update(each).digest("base64")}'`);
  const directives: Readonly<Record<string, readonly string[]>> = {
    "default-src": ["'none'"],
    "script-src": hashes,
    // Plot and the components set styles on elements.
    "style-src": ["'unsafe-inline'"],
    "img-src": ["data:", "blob:"],
    "base-uri": ["'none'"],
    "form-action": ["'none'"],
  };
  const names = [...new Set([...Object.keys(directives), ...Object.keys(part?.policy ?? {})])];
  return names
    .map((name) =>
      [name, ...(directives[name] ?? []), ...(part?.policy[name] === undefined ? [] : [part.policy[name]])].join(" "),
    )
    .join("; ");
}
