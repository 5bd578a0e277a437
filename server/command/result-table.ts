/** The results of a run as a table for a terminal: a row per method, a column per measure. */
import type { Result } from "../values.ts";

export function resultTable(results: readonly Result[]): string {
  if (results.length === 0) return "";
  const columns = [...new Set(results.flatMap((result) => Object.keys(result)))];
  const rows = [columns, ...results.map((result) => columns.map((column) => text(result[column])))];
  const widths = columns.map((_, at) => Math.max(...rows.map((row) => row[at]?.length ?? 0)));
  const aligned = (value: string, at: number): string =>
    at === 0 ? value.padEnd(widths[at] ?? 0) : value.padStart(widths[at] ?? 0);
  return rows.map((row) => `${row.map(aligned).join("  ")}\n`).join("");
}

function text(value: number | string | undefined): string {
  if (value === undefined) return "";
  return typeof value === "number" && !Number.isInteger(value) ? value.toFixed(3) : String(value);
}
