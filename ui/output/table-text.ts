/** A table as texts: what each cell says, and which columns hold numbers. */
import { figure } from "../../server/state/quantity.ts";
import type { Datum, Output } from "../../server/values.ts";

export type TableOutput = Extract<Output, { kind: "table" }>;

/** Whether each column has numbers only. */
export function numericColumns({ columns, rows }: Pick<TableOutput, "columns" | "rows">): readonly boolean[] {
  return columns.map((_, i) => {
    const present = rows.map((row) => row[i]).filter((each) => each !== null && each !== undefined);
    return present.length > 0 && present.every(isNumeric);
  });
}

/** @returns undefined where there is no value */
export function datumText(value: Datum | undefined): string | undefined {
  if (value === null || value === undefined) return undefined;
  if (typeof value === "number") return figure(value);
  if (typeof value !== "object") return String(value);
  if ("$date" in value) return dateText(new Date(value.$date));
  return "$bigint" in value ? value.$bigint : value.$number.replace("Infinity", "∞");
}

const isNumeric = (value: Datum | undefined): boolean =>
  typeof value === "number" || (typeof value === "object" && value !== null && !("$date" in value));

/** In ISO form and UTC, so that the same notebook shows the same text everywhere. At midnight the day alone. */
function dateText(date: Date): string {
  if (Number.isNaN(date.getTime())) return "–";
  const text = date.toISOString();
  return text.endsWith("T00:00:00.000Z") ? text.slice(0, -14) : text.replace(".000Z", "Z");
}
