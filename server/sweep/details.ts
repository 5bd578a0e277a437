/** A sweep as the page shows it: states, the table with the seeds folded, the Pareto front, heat maps. Pure. */
import type { ListedEntry, ListedRow, StatusCounts, SweepDetails, SweepSummary } from "./api.ts";
import { textOf, varied } from "./entries.ts";
import { type FoldedRow, folded, measuresOf } from "./folded.ts";
import { heats } from "./heat.ts";
import type { Order } from "./order.ts";
import { type Axes, axisOf, front, recognisedAxes } from "./pareto.ts";
import { type ReportedEntry, seedsOf } from "./report.ts";
import type { EntryStatus } from "./sweep-folder.ts";

/** What the user chose to see; recognised or the first ones if left out. */
export type View = { readonly axes?: readonly [string, string]; readonly heat?: readonly [string, string] };
/** Whether a command works at the sweep on this machine. */
export type Command = "running" | "none";

const NONE: StatusCounts = { done: 0, failed: 0, running: 0, waiting: 0, interrupted: 0, missing: 0 };

/** While a command runs, what is not done waits for it. A failed entry may be one that it has run already. */
export function shownStatus(status: EntryStatus, command: Command): EntryStatus {
  return command === "running" && (status === "missing" || status === "interrupted") ? "waiting" : status;
}

export function summaryOf(
  key: string,
  notebook: string,
  order: Order,
  entries: readonly ReportedEntry[],
  command: Command,
): SweepSummary {
  const counts: Record<EntryStatus, number> = { ...NONE };
  for (const { status } of entries) counts[shownStatus(status, command)] += 1;
  const { created, started } = order;
  return {
    ...{ key, notebook, created, started, counts },
    on: order.arguments.on,
    inputs: shownInputs(entries).map((name) => ({
      name,
      values: [...new Set(entries.map(({ settings }) => textOf(settings[name])))],
    })),
    seeds: new Set(entries.map(({ seed }) => seed)).size,
    active: command === "running" || counts.running + counts.waiting > 0 ? "yes" : "no",
  };
}

/** Those that vary; all that were set if there is one combination alone. */
function shownInputs(entries: readonly ReportedEntry[]): readonly string[] {
  const names = varied(entries);
  return names.length > 0 ? names : Object.keys(entries[0]?.settings ?? {});
}

/** @param recordKey the key of the record in this folder */
export function tablesOf(
  reported: readonly ReportedEntry[],
  command: Command,
  view: View,
  recordKey: (folder: string) => string | undefined,
): Pick<SweepDetails, "entries" | "measures" | "rows" | "axes" | "heats"> {
  const entries = reported.map(({ record, ...entry }): ListedEntry => {
    const key = record === null ? undefined : recordKey(record);
    return { ...entry, status: shownStatus(entry.status, command), ...(key !== undefined && { record: key }) };
  });
  const rows = folded(reported.filter(({ status }) => status === "done"));
  const measures = measuresOf(rows);
  const axes: Axes | undefined = view.axes ? [axisOf(view.axes[0]), axisOf(view.axes[1])] : recognisedAxes(measures);
  const best = axes ? front(rows, axes) : new Set<FoldedRow>();
  const placeOf = (row: FoldedRow): ListedRow["place"] => {
    if (!axes || axes.some(({ column }) => !row.measures[column])) return "none";
    return best.has(row) ? "front" : "behind";
  };
  const inputs = varied(reported);
  const chosen = view.heat?.every((name) => inputs.includes(name)) ? view.heat : inputs.slice(0, 2);
  return {
    entries,
    measures,
    rows: rows.map((row) => ({ ...row, seeds: seedsOf(row), place: placeOf(row) })),
    ...(axes && { axes }),
    heats: heats(rows, chosen, measures),
  };
}
