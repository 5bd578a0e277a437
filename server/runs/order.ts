/** The order of the list: by any field, with pinned rows always first. */
import { fieldOf } from "./fields.ts";
import type { ListRow } from "./fold.ts";

export type Order = { readonly by: string; readonly direction: "ascending" | "descending" };
export const NEWEST_FIRST: Order = { by: "started", direction: "descending" };

/** Rows without the value come last in both directions. Equal rows keep their places. */
export function ordered(rows: readonly ListRow[], { by, direction }: Order): readonly ListRow[] {
  const sign = direction === "ascending" ? 1 : -1;
  const keyed = rows.map((row) => ({
    row,
    value: sortValue(row, by),
    isPinned: row.runs.some(({ pinned }) => pinned),
  }));
  keyed.sort((a, b) => {
    if (a.isPinned !== b.isPinned) return a.isPinned ? -1 : 1;
    if (a.value === undefined || b.value === undefined)
      return Number(a.value === undefined) - Number(b.value === undefined);
    return sign * compared(a.value, b.value);
  });
  return keyed.map(({ row }) => row);
}

/** Of folded seeds the mean, or what the first run has if it is not a number. */
function sortValue({ runs }: ListRow, by: string): string | number | undefined {
  const values = runs.map((run) => fieldOf(run, by));
  const numbers = values.filter((value): value is number => typeof value === "number");
  if (numbers.length > 0) return numbers.reduce((sum, each) => sum + each, 0) / numbers.length;
  const [first] = values;
  return first === undefined || first === null ? undefined : String(first);
}

function compared(a: string | number, b: string | number): number {
  if (typeof a === "number" && typeof b === "number") return a - b;
  // Numbers come before texts.
  if (typeof a !== typeof b) return typeof a === "number" ? -1 : 1;
  return String(a).localeCompare(String(b), "en", { numeric: true });
}
