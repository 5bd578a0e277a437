/** Cells to notebook text, such that `parseNotebook` gives the same cells back: one blank line between two cells. */

import type { Cell, Notebook } from "../types.ts";
import { Numbering, printHead } from "./head.ts";
import { printSettings } from "./settings.ts";

export function printNotebook({ cells, settings }: Notebook): string {
  const numbering = new Numbering();
  const blocks = cells.map((cell) => {
    const unnamed = cell.id === numbering.next(cell.kind);
    if (unnamed) numbering.take(cell.kind);
    const lines = cell.kind === "markdown" ? comment(cell) : cell.source;
    return `${printHead(cell, unnamed)}\n${lines === "" ? "" : `${lines}\n`}`;
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
