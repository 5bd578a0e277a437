/** Runs in the formats of other programs: CSV, Parquet, JSON, and TensorBoard event files in a tar archive, a folder for each run. */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RunTables } from "../runs/api.ts";
import { csv } from "../runs/csv.ts";
import { axisOf } from "../runs/curves.ts";
import { eventFile, type Scalar } from "../runs/tensorboard.ts";
import type { RunSummary, Setting, TableRow } from "../runs/types.ts";
import { NotPossible } from "./not-possible.ts";
import { writeParquet } from "./query.ts";
import { runRow, type TableName } from "./query-order.ts";
import { readTables } from "./tables.ts";
import { tar } from "./tar.ts";

export const formats = ["csv", "parquet", "json", "tensorboard"] as const;
export type ExportOrder = { readonly format: (typeof formats)[number]; readonly table: TableName };
export type Exported = { readonly name: string; readonly type: string; readonly data: string | Uint8Array };

/** @throws NotPossible if there are no runs, or if Parquet needs DuckDB and it is missing */
export async function exported(
  workspace: string,
  runs: readonly RunSummary[],
  { format, table }: ExportOrder,
): Promise<Exported> {
  if (runs.length === 0) throw new NotPossible(400, "There are no runs to export.");
  // A folder's name may have what a header must not.
  const stem = runs.length === 1 ? runs[0]!.id.replace(/[^\w.-]/g, "_") : "runs";
  const read = ({ key }: RunSummary): RunTables => readTables(workspace, key);
  switch (format) {
    case "csv":
      return { name: `${stem}-${table}.csv`, type: "text/csv; charset=utf-8", data: csv(rowsOf(runs, table, read)) };
    case "json": {
      const all = runs.map((run) => ({ ...run, ...read(run) }));
      return { name: `${stem}.json`, type: "application/json", data: `${JSON.stringify(all, null, 1)}\n` };
    }
    case "tensorboard": {
      const entries = runs.map((run, at) => {
        const begun = Math.floor(run.started / 1000);
        // Two runs have one id if a folder was copied.
        const isTwin = runs.findIndex(({ id }) => id === run.id) < at;
        const path = `${run.id}${isTwin ? `-${at + 1}` : ""}/events.out.tfevents.${begun}.palimpsest`;
        return { path, data: eventFile(begun, scalarsOf(run, read(run))), modified: run.started };
      });
      return { name: `${stem}-tensorboard.tar`, type: "application/x-tar", data: tar(entries) };
    }
    case "parquet":
      return {
        name: `${stem}-${table}.parquet`,
        type: "application/vnd.apache.parquet",
        data: await parquet(workspace, runs, table),
      };
    default:
      return format satisfies never;
  }
}

function rowsOf(
  runs: readonly RunSummary[],
  table: TableName,
  read: (run: RunSummary) => RunTables,
): Readonly<Record<string, Setting>>[] {
  if (table === "runs") return runs.map(runRow);
  return runs.flatMap((run) =>
    read(run)[table].map((row) => {
      const entries = Object.entries(row).map(([name, value]) => [
        name,
        typeof value === "object" ? JSON.stringify(value) : value,
      ]);
      return { run: run.key, ...(Object.fromEntries(entries) as Record<string, Setting>) };
    }),
  );
}

function scalarsOf(run: RunSummary, { rows, probes }: RunTables): readonly Scalar[] {
  const seconds = axisOf("time", run, rows) ?? (() => 0);
  const scalars = (kind: string, table: readonly TableRow[]): Scalar[] =>
    table.flatMap(({ step, ...values }) =>
      Object.entries(values).map(([name, value]) => ({
        tag: `${kind}/${name}`,
        step,
        wallTime: run.started / 1000 + seconds(step),
        value,
      })),
    );
  return [...scalars("training", rows), ...scalars("probes", probes)];
}

async function parquet(workspace: string, runs: readonly RunSummary[], table: TableName): Promise<Uint8Array> {
  const folder = await mkdtemp(join(tmpdir(), "palimpsest-export-"));
  try {
    const path = join(folder, "table.parquet");
    await writeParquet(workspace, runs, table, path);
    return await readFile(path);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
