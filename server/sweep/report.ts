/** A sweep as a whole: its entries with their states, and the table that is made of them. */
import { type Entry, type Settings, textOf, varied } from "./entries.ts";
import { bandText, type FoldedRow, folded, measuresOf } from "./folded.ts";
import { type Heat, heats } from "./heat.ts";
import { type Axes, front, recognisedAxes } from "./pareto.ts";
import type { EntryState } from "./sweep-folder.ts";

/** In the order of settings and seed. */
export type ReportedEntry = {
  readonly id: string;
  readonly settings: Settings;
  readonly seed: number;
} & EntryState;

export type SweepTable = {
  readonly names: readonly string[];
  /** `front`: it is on the Pareto front. */
  readonly rows: readonly { readonly texts: readonly string[]; readonly front: boolean }[];
  /** Which columns hold numbers. */
  readonly numeric: readonly boolean[];
  /** What the front is about; undefined if the results have no two such columns. */
  readonly axes: Axes | undefined;
  readonly heats: readonly Heat[];
};

export function reportedEntry({ id, settings, seed }: Entry, { status, results, record }: EntryState): ReportedEntry {
  return { id, settings, seed, status, results, record };
}

/** @param asked the columns of the Pareto front; recognised by their names if left out */
export function sweepTable(entries: readonly ReportedEntry[], asked?: Axes): SweepTable {
  const rows = folded(entries.filter(({ status }) => status === "done"));
  const inputs = varied(entries);
  const measures = measuresOf(rows);
  const axes = asked ?? recognisedAxes(measures);
  const best = axes && rows.length > 1 ? front(rows, axes) : new Set<FoldedRow>();
  const marks = best.size > 0 ? ["front"] : [];
  const heatMeasures = axes ? axes.map(({ column }) => column) : measures.slice(0, 1);
  return {
    names: [...inputs, "method", "N", ...marks, ...measures],
    numeric: [...inputs.map((name) => typeof entries[0]?.settings[name] === "number"), false, true]
      .concat(marks.map(() => false))
      .concat(measures.map(() => true)),
    rows: rows.map((row) => ({
      texts: [
        ...inputs.map((name) => (row.settings ? textOf(row.settings[name]) : "any")),
        row.method,
        String(seedsOf(row)),
        ...marks.map(() => (best.has(row) ? "*" : "")),
        ...measures.map((measure) => measureText(row, measure)),
      ],
      front: best.has(row),
    })),
    axes,
    heats: heats(rows, inputs, heatMeasures),
  };
}

/** Over how many seeds the means of a row are at most. */
export function seedsOf({ measures }: FoldedRow): number {
  return Math.max(0, ...Object.values(measures).map(({ seeds }) => seeds));
}

/** A mean over fewer seeds than the row has, since the others gave no number, says so. */
function measureText(row: FoldedRow, measure: string): string {
  const band = row.measures[measure];
  const isPartial = band !== undefined && band.seeds < seedsOf(row);
  return `${bandText(band)}${isPartial ? `, N=${band.seeds}` : ""}`;
}

/** `3 done, 1 failed` */
export function countsText(entries: readonly Pick<EntryState, "status">[]): string {
  const statuses = ["done", "running", "waiting", "interrupted", "missing", "failed"] as const;
  const counts = statuses.map((status) => [status, entries.filter((entry) => entry.status === status).length] as const);
  return counts.flatMap(([status, count]) => (count > 0 ? [`${count} ${status}`] : [])).join(", ");
}

/** What the mark of the front means. */
export function axesText(axes: Axes): string {
  const [x, y] = axes.map(({ column, better }) => (better === "higher" ? column : `${column} (less is better)`));
  return `* Pareto front of ${x} and ${y}: no other row is better in one of them without being worse in the other.`;
}
