/** The results of a run as a table for a terminal: a row per method, a column per measure. */
import type { Result } from "../values.ts";

export function resultTable(results: readonly Result[]): string {
  if (results.length === 0) return "";
  const columns = [...new Set(results.flatMap((result) => Object.keys(result)))];
  const rows = [columns, ...results.map((result) => columns.map((column) => text(result[column])))];
  const widths = columns.map((_, index) => Math.max(...rows.map((row) => row[index]?.length ?? 0)));
  return `${rows.map((row) => row.map((each, index) => (index === 0 ? each.padEnd(widths[index] ?? 0) : each.padStart(widths[index] ?? 0))).join("  ")).join("\n")}\n`;
}

function text(value: number | string | undefined): string {
  if (value === undefined) return "";
  return typeof value === "number" && !Number.isInteger(value) ? value.toFixed(3) : String(value);
}
