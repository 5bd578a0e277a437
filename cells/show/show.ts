/** How any value of a cell becomes an output: plots, tables, markdown and runs as themselves, all else in the inspector. */
import { host } from "../host.ts";
import type { Output } from "../output.ts";
import { inspect } from "./inspect.ts";
import { isLiveTable, isRun } from "./live-tables.ts";
import { Shown } from "./shown.ts";
import { tableOutput } from "./table.ts";

/** Shows values in the order given, besides the cell's last expression. */
export function show(...values: readonly unknown[]): void {
  for (const value of values) host().show(toOutput(value));
}

/** The output of a value; the kernel calls it with the value of a cell's last expression. */
export function toOutput(value: unknown): Output {
  if (value instanceof Shown) return value.output;
  if (isRun(value)) return { kind: "run", run: value.id };
  if (isLiveTable(value)) return tableOutput([...value]);
  if (isRecords(value)) return tableOutput(value);
  return { kind: "value", value: inspect(value) };
}

/** A list of plain objects, all of which have fields that fit into a table's cells. */
function isRecords(value: unknown): value is readonly object[] {
  return Array.isArray(value) && value.length > 0 && value.every(isFlatRecord);
}

function isFlatRecord(value: unknown): boolean {
  if (typeof value !== "object" || value === null || Object.getPrototypeOf(value) !== Object.prototype) return false;
  const fields = Object.values(Object.getOwnPropertyDescriptors(value));
  return fields.length > 0 && fields.every((field) => "value" in field && isFlat(field.value));
}

const isFlat = (value: unknown): boolean =>
  value === null || value instanceof Date || !["object", "function"].includes(typeof value);
