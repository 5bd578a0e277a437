/** How a value becomes an output of its cell: plots, tables, markdown and runs in their own form, all others in the inspector. */
import { host } from "../host.ts";
import type { Output } from "../output.ts";
import { inspect } from "./inspect.ts";
import { isLiveTable, isRun } from "./live-tables.ts";
import { Shown } from "./shown.ts";
import { tableOutput } from "./table.ts";

/** Shows values in the given order, in addition to the cell's last expression. */
export function show(...values: readonly unknown[]): void {
  for (const value of values) host().show(toOutput(value));
}

/** The output for a value. The kernel calls it with the value of a cell's last expression. */
export function toOutput(value: unknown): Output {
  if (value instanceof Shown) return value.output;
  if (isRun(value)) return { kind: "run", run: value.id };
  if (isLiveTable(value)) return tableOutput([...value]);
  if (isRecords(value)) return tableOutput(value);
  return { kind: "value", value: inspect(value) };
}

/** Whether it is a list of plain objects whose fields all fit into table cells. */
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
