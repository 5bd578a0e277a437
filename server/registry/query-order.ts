/** What the server and the process that answers a query say to each other, and the columns of the tables. */
import type { RunSummary, Setting } from "../runs/types.ts";

export const tableNames = ["runs", "rows", "probes", "changes"] as const;
export type TableName = (typeof tableNames)[number];
/** The types of a table's columns, by name. */
export type TableColumns = Readonly<Record<string, string>>;

type Source = {
  readonly workspace: string;
  /** The rows of the table `runs`; `run` is the key. */
  readonly runs: readonly { readonly run: string }[];
  readonly columns: Readonly<Record<TableName, TableColumns>>;
};
export type QueryOrder = Source &
  (
    | { readonly kind: "query"; readonly sql: string; readonly most: number }
    | { readonly kind: "parquet"; readonly table: TableName; readonly to: string }
  );
export type QueryAnswer =
  | { readonly kind: "ready" }
  | {
      readonly kind: "rows";
      readonly columns: readonly string[];
      readonly rows: readonly (readonly (string | number | boolean | null)[])[];
      readonly isComplete: boolean;
    }
  | { readonly kind: "written" }
  | { readonly kind: "failed"; readonly message: string };

/** The tables of some runs: the table `runs` itself, and which columns the others have. */
export function sourceOf(workspace: string, summaries: readonly RunSummary[]): Source {
  const runs = summaries.map(runRow);
  const measured = (table: "losses" | "probes"): TableColumns => ({
    run: "VARCHAR",
    step: "BIGINT",
    ...Object.fromEntries(summaries.flatMap((run) => Object.keys(run[table]).map((name) => [name, "DOUBLE"]))),
  });
  const changes = {
    run: "VARCHAR",
    step: "BIGINT",
    kind: "VARCHAR",
    name: "VARCHAR",
    value: "VARCHAR",
    to: "BIGINT",
    rule: "VARCHAR",
    message: "VARCHAR",
    parent: "VARCHAR",
  };
  const columns = { runs: columnsOf(runs), rows: measured("losses"), probes: measured("probes"), changes };
  // DuckDB's names have no case.
  const distinct = Object.entries(columns).map(([table, each]) => [table, withoutTwins(each)]);
  return { workspace, runs, columns: Object.fromEntries(distinct) };
}

/** Settings have their names, and the last values `final_` before them. */
export function runRow(run: RunSummary): { readonly run: string } & Readonly<Record<string, Setting>> {
  const { key, settings, losses, probes, curves: _, record, started, ended, tags, ...plain } = run;
  const finals = Object.entries({ ...losses, ...probes }).map(([name, value]) => [`final_${name}`, value]);
  return {
    ...settings,
    ...(Object.fromEntries(finals) as Record<string, number>),
    ...(plain as unknown as Record<string, Setting>),
    run: key,
    started: new Date(started).toISOString(),
    ended: ended === undefined ? null : new Date(ended).toISOString(),
    tags: tags.join(", "),
    record: record?.id ?? null,
    verdict: record?.verdict ?? null,
  };
}

function columnsOf(rows: readonly Readonly<Record<string, Setting>>[]): TableColumns {
  const types = new Map<string, string>([["run", "VARCHAR"]]);
  for (const row of rows)
    for (const [name, value] of Object.entries(row)) {
      if (value === null) continue;
      const type = typeof value === "number" ? "DOUBLE" : typeof value === "boolean" ? "BOOLEAN" : "VARCHAR";
      types.set(name, (types.get(name) ?? type) === type ? type : "VARCHAR");
    }
  return Object.fromEntries([...types, ["started", "TIMESTAMP"], ["ended", "TIMESTAMP"]]);
}

function withoutTwins(columns: TableColumns): TableColumns {
  const seen = new Set<string>();
  return Object.fromEntries(
    Object.entries(columns).filter(([name]) => {
      const isNew = !seen.has(name.toLowerCase());
      seen.add(name.toLowerCase());
      return isNew;
    }),
  );
}
