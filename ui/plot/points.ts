/** The points of a mark: the columns that the cell sent, or the rows that runs have so far, tagged with run and method. */

import type { Rows } from "../../server/chart/rows.ts";
import type { RunState } from "../../server/state/state.ts";
import type { Datum, MarkData } from "../../server/values.ts";

export type PointValue = string | number | boolean | null | Date;
export type Point = Readonly<Record<string, PointValue>>;

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

type ColumnData = Extract<MarkData, { readonly kind: "columns" }>;
const known = new WeakMap<ColumnData, readonly Point[]>();

/** The items of columns as points. A chart is drawn again whenever its width changes, so they are kept. */
export function pointsOf(data: ColumnData): readonly Point[] {
  const before = known.get(data);
  if (before) return before;
  const entries = Object.entries(data.columns);
  const points = Array.from({ length: data.length }, (_, i) =>
    Object.fromEntries(entries.map(([name, column]) => [name, plain(column[i] ?? null)])),
  );
  known.set(data, points);
  return points;
}

/** The value that Plot takes. */
export function plain(value: Datum): PointValue {
  if (typeof value !== "object" || value === null) return value;
  if ("$date" in value) return new Date(value.$date);
  return "$number" in value ? Number(value.$number) : value.$bigint;
}

/** Rows of a run have the columns of their run, so the first and the last point together have all names. */
export function rowsOf(points: readonly Point[]): Rows {
  const [first = {}, last = {}] = [points[0], points.at(-1)];
  return {
    length: points.length,
    has: (column) => Object.hasOwn(first, column) || Object.hasOwn(last, column),
    value: (column, index) => points[index]?.[column],
  };
}
