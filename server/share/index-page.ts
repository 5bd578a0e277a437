/** The index of a folder of shared pages: one static HTML file without a script, for any web server. */
import * as v from "valibot";
import { tokens } from "../../ui/look/tokens.ts";
import { prose } from "../../ui/output/prose.ts";
import { PAYLOAD_ID, SHARE_FORMAT } from "../../ui/share/payload.ts";
import { checked } from "../session/schema/fault.ts";
import { bytes } from "../state/quantity.ts";
import { Markup, markup } from "./markup.ts";

const text = v.pipe(v.string(), v.maxLength(20_000));
/** What the index says of a page. The pages in the folder may come from others. */
const listed = v.object({
  format: v.literal(SHARE_FORMAT),
  title: text,
  notebook: v.object({ name: text }),
  about: v.object({
    record: v.optional(
      v.object({ id: text, created: text, digest: v.optional(text), verdict: v.optional(text), status: text }),
    ),
    marked: v.number(),
    note: v.optional(text),
  }),
});
export type IndexEntry = Omit<v.InferOutput<typeof listed>, "format"> & {
  readonly file: string;
  readonly size: number;
};

/** @returns undefined if the file is no shared page */
export function indexEntry(file: string, html: string): IndexEntry | undefined {
  const start = ` id="${PAYLOAD_ID}">`;
  const at = html.lastIndexOf(start);
  if (at < 0) return undefined;
  try {
    const found = checked(listed, JSON.parse(html.slice(at + start.length, html.indexOf("<", at + start.length))));
    if (!("value" in found)) return undefined;
    const { title, notebook, about } = found.value;
    return { title, notebook, about, file, size: Buffer.byteLength(html) };
  } catch {
    return undefined;
  }
}

/** The newest record first; sessions, which have no date, after them by title. */
export function indexPage(title: string, entries: readonly IndexEntry[]): string {
  const dateOf = ({ about }: IndexEntry): string => about.record?.created ?? "";
  const sorted = [...entries].sort(
    (a, b) => dateOf(b).localeCompare(dateOf(a)) || a.title.localeCompare(b.title, "en"),
  );
  return `<!doctype html>\n${
    markup`<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="Palimpsest">
<title>${title}</title>
<link rel="icon" href="data:,">
<style>${new Markup(STYLE)}</style>
</head>
<body>
<main class="prose">
<h1>${title}</h1>
<p class="muted">${entries.length === 1 ? "1 page" : `${entries.length} pages`}. Each is one file that works without a network.</p>
<div class="scroll" tabindex="0" role="region" aria-label="Pages"><table>
<thead><tr><th scope="col">result</th><th scope="col">notebook</th><th scope="col">made</th><th scope="col">verified</th><th scope="col">digest</th><th scope="col">size</th></tr></thead>
<tbody>
${sorted.map(rowOf)}</tbody>
</table></div>
<p class="muted">A digest proves that a record was not changed. It does not prove who published it.</p>
</main>
</body>
</html>
`.text
  }`;
}

function rowOf({ file, title, notebook, about, size }: IndexEntry): Markup {
  const { record, marked, note } = about;
  const verdict = record ? (record.verdict ?? "not verified") : "session";
  const kind = record?.verdict === undefined ? "" : record.verdict === "different" ? "bad" : "good";
  return markup`<tr data-page="${file}"><td><a href="${encodeURIComponent(file)}">${title}</a>${note === undefined ? "" : markup`<br><span class="muted">${note}</span>`}${
    marked > 0
      ? markup`<br><span class="warn">${marked === 1 ? "1 cell is" : `${marked} cells are`} stale, failed or not finished</span>`
      : ""
  }</td><td>${notebook.name}</td><td>${record?.created.slice(0, 10) ?? "–"}</td><td><span class="badge ${kind}">${verdict}</span></td><td><code title="${record?.digest}">${record?.digest?.slice(0, 12) ?? "–"}</code></td><td>${bytes(size)}</td></tr>\n`;
}

const STYLE = `${[tokens, prose].map(({ cssText }) => cssText.trim()).join("\n")}
main { max-width: var(--wide); margin: 2rem auto; padding: 0 1.25rem; }
main.prose table { width: 100%; font-size: var(--code); }
.scroll { overflow: auto; }
.muted { color: var(--muted); font-size: var(--small); }
.warn { color: var(--warn); font-size: var(--small); }
.badge { padding: 0.0625rem 0.5rem; border-radius: 999px; background: var(--surface); color: var(--muted); font-size: 0.75rem; white-space: nowrap; }
.badge.good { background: var(--wash); color: var(--accent); }
.badge.bad { background: var(--danger-wash); color: var(--danger); }
`;
