/** Tables from records: any iterable of objects, one row per object. The columns are all keys, in the order in which they first occur. */

import type { Output } from "../output.ts";
import { datum } from "./datum.ts";
import { Shown } from "./shown.ts";

export type TableOptions = {
  /** The columns to show and their order. Default: all. */
  readonly columns?: readonly string[];
  /** Maximum number of rows to send to the page, which also gets their total number. Default: 500. */
  readonly limit?: number;
};

export function table(records: Iterable<object>, options: TableOptions = {}): Shown {
  return new Shown(tableOutput([...records], options));
}

export function tableOutput(records: readonly object[], { columns, limit = 500 }: TableOptions = {}): Output {
  const named = columns ?? [...new Set(records.flatMap((record) => Object.keys(record)))];
  const rows = records.slice(0, limit).map((record) => {
    const fields = new Map<string, unknown>(Object.entries(record));
    return named.map((column) => datum(fields.get(column)));
  });
  return { kind: "table", columns: named, rows, total: records.length };
}
