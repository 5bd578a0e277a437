/** The code of a cell with colours, by the parser of the editor. */
import { typescriptLanguage } from "@codemirror/lang-javascript";
import { highlightTree, tagHighlighter, tags } from "@lezer/highlight";
import { foldedLine } from "../../ui/cell/layout.ts";
import { type Markup, markup } from "./markup.ts";
import type { CodeMode } from "./options.ts";

/** The classes are those of `style.ts`; the groups those of the editor's theme. */
const highlighter = tagHighlighter([
  { tag: [tags.keyword, tags.operatorKeyword, tags.modifier, tags.self], class: "k" },
  { tag: [tags.string, tags.special(tags.string), tags.regexp], class: "s" },
  { tag: [tags.number, tags.bool, tags.null, tags.atom], class: "n" },
  { tag: [tags.comment], class: "c" },
  { tag: [tags.typeName, tags.className, tags.namespace], class: "t" },
]);

export function codeHtml(source: string, mode: Exclude<CodeMode, "none">): Markup {
  if (source.trim() === "") return markup``;
  return markup`<details class="code"${mode === "shown" ? markup` open` : ""}><summary><code>${foldedLine(source)}</code></summary><pre tabindex="0"><code>${highlighted(source)}</code></pre></details>`;
}

function highlighted(source: string): Markup[] {
  const parts: Markup[] = [];
  let at = 0;
  highlightTree(typescriptLanguage.parser.parse(source), highlighter, (from, to, name) => {
    parts.push(markup`${source.slice(at, from)}<span class="${name}">${source.slice(from, to)}</span>`);
    at = to;
  });
  return [...parts, markup`${source.slice(at)}`];
}
