/** A table for a terminal: columns of numbers are right-aligned, and as many columns are shown as fit. */
import { textWidth } from "./plain-text.ts";

const GAP = 2;

/** @returns the lines, and how many columns had no room; the first column is always shown */
export function alignedTable(
  names: readonly string[],
  rows: readonly (readonly string[])[],
  numeric: readonly boolean[],
  width: number,
): { readonly lines: readonly string[]; readonly left: number } {
  const all = [names, ...rows];
  const widths = names.map((_, at) => all.reduce((most, row) => Math.max(most, textWidth(row[at] ?? "")), 0));
  let used = 0;
  const fitting = widths.findIndex((columns, at) => {
    used += columns + (at === 0 ? 0 : GAP);
    return at > 0 && used > width;
  });
  const shown = fitting === -1 ? widths : widths.slice(0, fitting);
  const lines = all.map((row) =>
    shown
      .map((columns, at) => {
        const text = row[at] ?? "";
        const padding = " ".repeat(columns - textWidth(text));
        return numeric[at] ? padding + text : text + padding;
      })
      .join(" ".repeat(GAP))
      .trimEnd(),
  );
  return { lines, left: names.length - shown.length };
}
