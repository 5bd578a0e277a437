/**
 * How a notebook wishes its cells to be laid out, by the words of their `// %%` lines: `code=folded` shows the code as one
 * line until somebody wants to read it, `outputs=grid` puts what the cell shows side by side and lets it be wider than
 * the text. What a reader folds or unfolds is a matter of this page alone and is written nowhere.
 */
import type { Cell } from "../../server/notebook/types.ts";

export function startsFolded({ kind, options }: Cell): boolean {
  return kind === "code" && options.code === "folded";
}

export function isGrid({ kind, options }: Cell): boolean {
  return kind === "code" && options.outputs === "grid";
}

/** Letters beyond what the widest page shows. */
const enough = 240;

/** What the folded line says: the first line of the code, and what follows it where that line only opens a bracket. */
export function foldedLine(source: string): string {
  const [first = "", ...rest] = source
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
  let said = first;
  let next = 0;
  while (next < rest.length && said.length < enough && !first.startsWith("//") && /[([{,]$/.test(said)) {
    said += ` ${rest[next++]}`;
  }
  return next < rest.length ? `${said} …` : said;
}
