/** The points of a mark: the columns that the cell sent, or the rows that runs have so far, tagged with run and method. */
import type { RunState } from "../../server/state/state.ts";
import type { Columns, MarkData } from "../../server/values.ts";
import type { Point } from "./decimate.ts";

type Tagged = { readonly points: Point[]; readonly source: readonly object[] };

/** Runs only append rows, so rows that were tagged before are reused and the new ones are added. */
export class TaggedRows {
  readonly #known = new Map<string, Tagged>();

  of(data: Extract<MarkData, { kind: "live" }>, runs: Readonly<Record<string, RunState>>): readonly Point[] {
    return data.runs.flatMap((id) => {
      const run = runs[id];
      return run ? this.#tagged(`${data.table} ${id}`, run[data.table], { run: id, method: run.info.method }) : [];
    });
  }

  #tagged(key: string, rows: readonly Point[], tags: { run: string; method: string }): readonly Point[] {
    const known = this.#known.get(key);
    const hasGrown =
      known && known.source.length <= rows.length && known.source.at(-1) === rows[known.source.length - 1];
    const points = hasGrown ? known.points : [];
    for (let i = points.length; i < rows.length; i++) points.push({ ...rows[i], ...tags });
    this.#known.set(key, { points, source: rows });
    return points;
  }
}

export function pointsOf(columns: Columns, length: number): readonly Point[] {
  const entries = Object.entries(columns);
  return Array.from({ length }, (_, i) =>
    Object.fromEntries(entries.map(([name, column]) => [name, column[i] ?? null])),
  );
}
