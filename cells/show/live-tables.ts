/** The growing tables of several runs, combined into one. Each row has its run and method, so one chart can compare methods. */
import type { Run, RunTable } from "../contracts.ts";
import type { LiveTable } from "../output.ts";

export type TaggedRow = { readonly run: string; readonly method: string; readonly [column: string]: number | string };

/** The training rows of all runs. In a chart, `stroke: "method"` draws one line per method. */
export const rows = (...runs: readonly Run[]): RunTable<TaggedRow> => merged("rows", runs);

/** The probe rows of all runs; the row of step 0 is the base. */
export const probeRows = (...runs: readonly Run[]): RunTable<TaggedRow> => merged("probes", runs);

function merged(table: LiveTable, runs: readonly Run[]): RunTable<TaggedRow> {
  const all = (): TaggedRow[] =>
    runs.flatMap((run) =>
      Array.from<object, TaggedRow>(run[table], (row) => ({ ...row, run: run.id, method: run.method })),
    );
  return {
    live: { table, runs: runs.map((run) => run.id) },
    get length() {
      return runs.reduce((sum, run) => sum + run[table].length, 0);
    },
    at: (index) => all().at(index),
    [Symbol.iterator]: () => all()[Symbol.iterator](),
  };
}

export function isLiveTable(value: unknown): value is RunTable<object> {
  if (typeof value !== "object" || value === null || !("live" in value) || !(Symbol.iterator in value)) return false;
  const live = value.live;
  return typeof live === "object" && live !== null && "table" in live && "runs" in live;
}

export function isRun(value: unknown): value is Run {
  if (typeof value !== "object" || value === null || !("id" in value) || !("finished" in value) || !("rows" in value))
    return false;
  return typeof value.id === "string" && isLiveTable(value.rows);
}
