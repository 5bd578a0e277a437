/** Writes a table as CSV (RFC 4180), with the columns of all rows. */
import type { Setting } from "./types.ts";

export function csv(rows: readonly Readonly<Record<string, Setting | undefined>>[]): string {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const lines = rows.map((row) => columns.map((column) => csvField(row[column])).join(","));
  return [columns.map(csvField).join(","), ...lines].map((line) => `${line}\r\n`).join("");
}

export function csvField(value: Setting | undefined): string {
  const text = value === undefined || value === null ? "" : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
