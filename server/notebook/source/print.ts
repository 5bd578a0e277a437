/** Prints cells as the text of a notebook, with one blank line between two cells. `parseNotebook` gives the same cells back. */
import type { Cell, Notebook } from "../types.ts";
import { Numbering, printHead } from "./head.ts";
import { printSettings } from "./settings.ts";

export function printNotebook({ cells, settings }: Notebook): string {
  const numbering = new Numbering();
  const blocks = cells.map((cell) => {
    const form = cell.id === numbering.next(cell.kind) ? "without-id" : "with-id";
    if (form === "without-id") numbering.take(cell.kind);
    const lines = cell.kind === "markdown" ? comment(cell) : cell.source;
    return `${printHead(cell, form)}\n${lines === "" ? "" : `${lines}\n`}`;
  });
  const line = settings && printSettings(settings);
  return (line === undefined ? blocks : [`${line}\n`, ...blocks]).join("\n");
}

function comment({ source }: Cell): string {
  if (source === "") return "";
  return source
    .split("\n")
    .map((line) => (line === "" ? "//" : `// ${line.replace(/^(\s*)(\\*%%)/, "$1\\$2")}`))
    .join("\n");
}
