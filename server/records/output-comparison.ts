/**
 * Compares what cells show with what they showed. Names of runs differ from one execution to the next, and times tell about the
 * machine, so neither counts. Where tolerance applies, numbers are compared within it, and texts are not compared: a model that
 * rounds otherwise may write another word.
 */
import type { CellOutputs } from "../values.ts";
import type { Comparison } from "./comparison.ts";
import { scalar } from "./comparison.ts";
import { isTiming } from "./tolerance.ts";

/** @param step the last step of the runs, for the tolerance. @param cells those that count */
export function compareOutputs(
  comparison: Comparison,
  recorded: readonly CellOutputs[],
  now: readonly CellOutputs[],
  { cells, step }: { readonly cells: ReadonlySet<string>; readonly step: number },
): void {
  const present = new Map(now.map((each) => [each.cell, each.outputs]));
  for (const { cell, outputs } of recorded) {
    if (!cells.has(cell)) continue;
    walk(withoutTimings(outputs), withoutTimings(present.get(cell) ?? []), "outputs", (column, before, after) => {
      const numbers = typeof before === "number" && typeof after === "number";
      if (comparison.strictness === "tolerance" && !numbers && before !== after) comparison.inexact();
      else comparison.value("measures", { run: cell, step, column, recorded: scalar(before), now: scalar(after) });
    });
  }
}

/** Calls back with each pair of values that is not a list or a record on both sides. */
function walk(a: unknown, b: unknown, path: string, leaf: (path: string, a: unknown, b: unknown) => void): void {
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) leaf(path, a, b);
  else
    for (const key of new Set([...Object.keys(a), ...Object.keys(b)]))
      walk(member(a, key), member(b, key), `${path}.${key}`, leaf);
}

function member(value: object, key: string): unknown {
  return Object.hasOwn(value, key) ? Reflect.get(value, key) : undefined;
}

/** Drops members that are named after times, and such columns of tables. */
function withoutTimings(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutTimings);
  if (typeof value !== "object" || value === null) return value;
  const { columns, rows } = value as { columns?: unknown; rows?: unknown };
  if (Array.isArray(columns) && Array.isArray(rows)) {
    const kept = (_: unknown, at: number): boolean => !isTiming(String(columns[at]));
    const cut = rows.map((row: unknown) => (Array.isArray(row) ? row.filter(kept) : row));
    return { ...value, columns: columns.filter(kept), rows: cut };
  }
  const entries = Object.entries(value).filter(([key]) => !isTiming(key));
  return Object.fromEntries(entries.map(([key, each]) => [key, withoutTimings(each)]));
}
