/** Which rows of a table are shown, and in which order. */
import type { Datum } from "../../server/values.ts";
import type { Order } from "../output/table.ts";
import { datumText } from "../output/table-text.ts";

type Rows = readonly (readonly Datum[])[];

/** The rows that contain all words of the filter, in any column. */
export function filtered(rows: Rows, filter: string): Rows {
  const words = filter
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== "");
  if (words.length === 0) return rows;
  return rows.filter((row) => {
    const text = row
      .map((value) => datumText(value) ?? "")
      .join("\n")
      .toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

/** Numbers by size, anything else by its text; missing values are last in both directions. */
export function sorted(rows: Rows, order: Order): Rows {
  if (order.by === "given") return rows;
  const { column, direction } = order;
  const sign = direction === "ascending" ? 1 : -1;
  return [...rows].sort((a, b) => {
    const [first, second] = [keyOf(a[column]), keyOf(b[column])];
    if (first === undefined || second === undefined) return first === second ? 0 : first === undefined ? 1 : -1;
    if (typeof first === "number" && typeof second === "number") return sign * (first - second);
    return sign * String(first).localeCompare(String(second), "en", { numeric: true });
  });
}

function keyOf(value: Datum | undefined): number | string | undefined {
  if (value === null || value === undefined) return undefined;
  if (typeof value !== "object") return typeof value === "boolean" ? String(value) : value;
  if ("$date" in value) return value.$date;
  const number = Number("$bigint" in value ? value.$bigint : value.$number);
  return Number.isNaN(number) ? undefined : number;
}
