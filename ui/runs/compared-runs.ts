/**
 * What a comparison's address names, and the runs that it means. Each `runs` parameter is a column: `seeds:<experiment>`, which also
 * means seeds that are added later, or the keys of runs with commas between them. What no longer exists is said; the rest is compared.
 */
import { MOST_COMPARED, type RunTables } from "../../server/runs/api.ts";
import { experimentId, foldedRows, type ListRow } from "../../server/runs/fold.ts";
import type { RunSummary } from "../../server/runs/types.ts";
import { readRunTables, someRuns } from "./requests.ts";

type Column =
  | { readonly kind: "seeds"; readonly experiment: string }
  | { readonly kind: "runs"; readonly keys: readonly string[] };

export type Compared = {
  /** One for each column; empty if nothing of it exists. */
  readonly experiments: readonly (readonly RunSummary[])[];
  readonly tables: ReadonlyMap<string, RunTables>;
  /** What the address names and does not exist, for the user. */
  readonly missing: readonly string[];
};

/** The address of a comparison. @param all the runs of the workspace: a row that has only some seeds is named run by run */
export function comparisonAddress(rows: readonly ListRow[], all: Iterable<RunSummary>): string {
  const whole = new Map([...foldedRows([...all])].map((row) => [row.key, row.runs.length]));
  const query = new URLSearchParams(
    rows.map((row) => {
      const isWhole = row.kind === "seeds" && whole.get(row.key) === row.runs.length;
      return ["runs", isWhole ? row.key : row.runs.map(({ key }) => escaped(key)).join(",")];
    }),
  );
  return `/runs/compare?${query}`;
}

export async function comparedRuns(search: string): Promise<Compared> {
  const columns = new URLSearchParams(search).getAll("runs").slice(0, MOST_COMPARED).map(columnOf);
  if (columns.length === 0) return { experiments: [], tables: new Map(), missing: [] };
  const named = columns.flatMap((column) => (column.kind === "runs" ? column.keys : []));
  const experimentNames = columns.flatMap((column) => (column.kind === "seeds" ? [column.experiment] : []));
  const runs = await someRuns(named, experimentNames);
  const byKey = new Map(runs.map((run) => [run.key, run]));
  const experiments = columns.map((column) =>
    column.kind === "runs" ? column.keys.flatMap((key) => byKey.get(key) ?? []) : seedsOf(runs, column.experiment),
  );
  const tables = await readRunTables(experiments.flatMap((each) => each.map(({ key }) => key)));
  const missing = columns.flatMap((column, at) => {
    if (column.kind === "runs") return column.keys.filter((key) => !byKey.has(key));
    return experiments[at]!.length === 0 ? [`all seeds of column ${at + 1}`] : [];
  });
  return { experiments, tables: new Map(tables.map((each) => [each.key, each])), missing };
}

function columnOf(text: string): Column {
  const [, experiment] = /^seeds:([0-9a-z]+)$/.exec(text) ?? [];
  if (experiment !== undefined) return { kind: "seeds", experiment };
  return { kind: "runs", keys: text.split(",").map(unescaped) };
}

/** One run for each seed, as the list folds them. */
function seedsOf(runs: readonly RunSummary[], experiment: string): readonly RunSummary[] {
  const newest = runs.filter((run) => experimentId(run) === experiment).sort((a, b) => b.started - a.started);
  return foldedRows(newest)[0]?.runs ?? [];
}

/** A folder's name may have a comma. */
function escaped(key: string): string {
  return key.replaceAll("%", "%25").replaceAll(",", "%2C");
}

function unescaped(text: string): string {
  return text.replaceAll("%2C", ",").replaceAll("%25", "%");
}
