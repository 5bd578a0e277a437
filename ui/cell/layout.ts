/**
 * How a notebook wants its cells laid out, by the options on their `// %%` lines. `code=folded` shows the code as one line
 * until a reader unfolds it. `outputs=grid` shows the outputs side by side and lets them be wider than the text. What a
 * reader folds or unfolds concerns this page only and is not saved.
 */
import type { Cell } from "../../server/notebook/types.ts";

export function startsFolded({ kind, options }: Cell): boolean {
  return kind === "code" && options.code === "folded";
}

export function isGrid({ kind, options }: Cell): boolean {
  return kind === "code" && options.outputs === "grid";
}

/** More characters than the widest page can show. */
const LONGEST_LINE = 240;

/** The line that folded code shows: its first line, and the lines after it when the first only opens a bracket. */
export function foldedLine(source: string): string {
  const [first = "", ...rest] = source
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
  let shown = first;
  let next = 0;
  while (next < rest.length && shown.length < LONGEST_LINE && !first.startsWith("//") && /[([{,]$/.test(shown)) {
    shown += ` ${rest[next++]}`;
  }
  return next < rest.length ? `${shown} …` : shown;
}
