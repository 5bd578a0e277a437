/** The cells of a notebook as HTML: text, code, the values of controls, outputs, console, and how each stands to its code. */
import { isGrid } from "../../ui/cell/layout.ts";
import { shortValue } from "../../ui/output/run-text.ts";
import { firstHeading } from "../notebook/source/heading.ts";
import { codeHtml } from "./code-html.ts";
import { type Markup, markup } from "./markup.ts";
import type { CodeMode } from "./options.ts";
import type { OutputWriter } from "./output-html.ts";
import type { Mark, Shared, SharedCell, SharedInput } from "./shared.ts";

/** What a reader must know about the outputs of a cell; nothing for a fresh one. */
export const MARKS: Readonly<Record<Exclude<Mark, "fresh">, { readonly word: string; readonly text: string }>> = {
  stale: {
    word: "stale",
    text: "These outputs were made before the last change of this cell, or of what it depends on.",
  },
  unknown: { word: "perhaps stale", text: "It is not known whether these outputs were made with this code." },
  failed: { word: "failed", text: "This cell ended with an error." },
  stopped: { word: "stopped", text: "This cell was stopped, so its outputs may be incomplete." },
  running: { word: "not finished", text: "This cell was still running when the file was made." },
  "not run": { word: "not run", text: "This cell has not run." },
  disabled: { word: "disabled", text: "This cell is disabled and does not run." },
};

export function cellHtml(cell: SharedCell, shared: Shared, code: CodeMode, writer: OutputWriter): Markup {
  const { id, kind, source } = cell.cell;
  if (kind === "markdown")
    return markup`<section class="cell text" id="cell-${id}">${writer.markdown(source)}</section>\n`;
  const mark = cell.mark === "fresh" ? undefined : MARKS[cell.mark];
  const parts = [
    mark && markup`<p class="mark ${mark.word.replace(" ", "-")}"><b>${mark.word}</b> ${mark.text}</p>`,
    code !== "none" && codeHtml(source, code),
    resultHtml(cell, shared, writer),
  ].filter((each) => each !== undefined && each !== false);
  return markup`<section class="cell" id="cell-${id}" data-cell="${id}" data-mark="${cell.mark}" aria-label="Cell ${id}">
<h2 class="id"><a href="#cell-${id}">${id}</a></h2>
${parts}</section>\n`;
}

/** What changes with a state of the page: everything below the code. */
export function resultHtml(cell: SharedCell, { runs }: Shared, writer: OutputWriter): Markup {
  const { outputs, console, inputs, errors } = cell;
  const grid = isGrid(cell.cell);
  return markup`<div class="results" data-results="${cell.cell.id}">${
    errors.length > 0 ? markup`<ul class="errors">${errors.map(({ message }) => markup`<li>${message}</li>`)}</ul>` : ""
  }${inputs.length > 0 ? markup`<dl class="inputs" aria-label="Inputs">${inputs.map(inputHtml)}</dl>` : ""}${
    outputs.length > 0
      ? markup`<div class="outputs${grid ? " grid" : ""}">${outputs.map((each) => markup`<div class="output" data-output="${each.kind}">${writer.output(each, runs, grid ? "grid" : "column")}</div>\n`)}</div>`
      : ""
  }${
    console.length > 0
      ? markup`<details class="console"><summary>Console, ${console.length === 1 ? "1 line" : `${console.length} lines`}</summary><pre tabindex="0">${console.map(({ level, text }) => markup`<span class="${level}">${text}</span>\n`)}</pre></details>`
      : ""
  }</div>`;
}

/** A control that the reader cannot use is shown as the value that it had. */
function inputHtml({ name, label, value, live, kind }: SharedInput): Markup {
  if (kind === "button") return markup``;
  const text =
    Array.isArray(value) && kind === "table" ? `${value.length} rows` : value === "" ? "empty" : shortValue(value);
  return markup`<div data-input="${name}"><dt>${label}</dt><dd>${text}${live ? markup` <span class="live" title="The running cell read this value at each step.">live</span>` : ""}</dd></div>`;
}

export function outlineHtml({ cells }: Shared): Markup {
  const entries = cells.flatMap(({ cell, mark }): Markup[] => {
    if (cell.kind === "code") {
      const state = mark === "fresh" ? "" : markup` <span class="mark">${MARKS[mark].word}</span>`;
      return [markup`<li><a href="#cell-${cell.id}">${cell.id}${state}</a></li>`];
    }
    const heading = firstHeading(cell.source);
    return heading ? [markup`<li class="heading"><a href="#cell-${cell.id}">${heading.text}</a></li>`] : [];
  });
  return markup`<nav class="outline" aria-label="Outline"><ol>${entries}</ol></nav>`;
}
