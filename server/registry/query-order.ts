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
  /** Those of rows and probes follow from what is in the tables. */
  readonly columns: Readonly<Record<"runs" | "changes", TableColumns>>;
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

const CHANGES: TableColumns = {
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

/** The table `runs` itself, and which columns it has. */
export function sourceOf(workspace: string, summaries: readonly RunSummary[]): Source {
  const runs = summaries.map(runRow);
  return { workspace, runs, columns: { runs: withoutTwins(columnsOf(runs)), changes: CHANGES } };
}

/** The columns of rows or probes. @param names those of any row */
export function measureColumns(names: Iterable<string>): TableColumns {
  const measures = [...names].filter((name) => name !== "run" && name !== "step");
  const doubles = Object.fromEntries(measures.map((name) => [name, "DOUBLE"]));
  return withoutTwins({ run: "VARCHAR", step: "BIGINT", ...doubles });
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

/** DuckDB's names have no case. */
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
