/**
 * The items of a mark as the thinning sees them: by channel and index, whether they are columns (in the kernel) or points (in
 * the page), and with numbers for what a continuous axis places: numbers and dates.
 */
import type { PlotOptions, PlotValue } from "../values.ts";

export type Rows = {
  readonly length: number;
  readonly has: (column: string) => boolean;
  readonly value: (column: string, index: number) => unknown;
};

/** The column that a channel names, as `"x"` or `{value: "x"}`; undefined for a constant or a list. */
export function columnOf(channel: PlotValue, rows: Rows): string | undefined {
  const name = typeof channel === "object" ? fieldsOf(channel).value : channel;
  return typeof name === "string" && rows.has(name) ? name : undefined;
}

/** The fields of an option that is an object; none of any other. */
export function fieldsOf(value: PlotValue): PlotOptions {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as PlotOptions) : {};
}

/** The values as numbers, NaN where there is none. @returns undefined when some value has no place on a continuous axis */
export function numbersOf(rows: Rows, column: string): Float64Array | undefined {
  const numbers = new Float64Array(rows.length);
  for (let i = 0; i < rows.length; i++) {
    const number = numberOf(rows.value(column, i));
    if (number === undefined) return undefined;
    numbers[i] = number;
  }
  return numbers;
}

function numberOf(value: unknown): number | undefined {
  if (typeof value === "number") return value;
  if (value === null || value === undefined) return Number.NaN;
  if (typeof value !== "object") return undefined;
  if (value instanceof Date) return value.getTime();
  if ("$date" in value && typeof value.$date === "number") return value.$date;
  return "$number" in value ? Number(value.$number) : undefined;
}

/** The indices of each series: of the items that are equal in all these columns, in the order of their first items. */
export function groupsOf(rows: Rows, columns: readonly string[]): readonly (readonly number[])[] {
  const groups = new Map<string, number[]>();
  for (let i = 0; i < rows.length; i++) {
    const key = columns.length === 0 ? "" : columns.map((column) => keyOf(rows.value(column, i))).join("\u0000");
    const group = groups.get(key);
    if (group) group.push(i);
    else groups.set(key, [i]);
  }
  return [...groups.values()];
}

function keyOf(value: unknown): string {
  return `${typeof value} ${typeof value === "object" ? JSON.stringify(value) : String(value)}`;
}
