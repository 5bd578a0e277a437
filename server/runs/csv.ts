/** Writes CSV (RFC 4180). */
import type { Setting } from "./types.ts";

export function csvLine(values: readonly (Setting | undefined)[]): string {
  return `${values.map(csvField).join(",")}\r\n`;
}

export function csvField(value: Setting | undefined): string {
  const text = value === undefined || value === null ? "" : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
