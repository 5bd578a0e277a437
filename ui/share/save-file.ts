/** Gives files to the reader. They are made in the page; nothing is sent anywhere. */
import { csvField } from "../../server/runs/csv.ts";
import type { Datum } from "../../server/values.ts";
import type { TableData } from "./payload.ts";

export function saveFile(name: string, content: BlobPart, type: string): void {
  const address = URL.createObjectURL(new Blob([content], { type }));
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

/** RFC 4180, with all digits of the numbers. */
export function csvOf({ columns, rows }: Pick<TableData, "columns" | "rows">): string {
  const lines = rows.map((row) => columns.map((_, i) => csvField(datumField(row[i]))).join(","));
  return [columns.map(csvField).join(","), ...lines].map((line) => `${line}\r\n`).join("");
}

function datumField(value: Datum | undefined): string | number | boolean | null {
  if (typeof value !== "object" || value === null) return value ?? null;
  if ("$date" in value) return new Date(value.$date).toISOString();
  return "$bigint" in value ? value.$bigint : value.$number;
}
