/**
 * Runs in the formats of other programs: CSV, Parquet, JSON, and TensorBoard event files in a tar archive, a folder for each run.
 * Files are made piece by piece while they are sent, so that all runs of a workspace need neither the memory for them at once nor
 * the time of the server's other requests.
 */
import { createReadStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { csvLine } from "../runs/csv.ts";
import { axisOf } from "../runs/curves.ts";
import { eventFile, type Scalar } from "../runs/tensorboard.ts";
import type { RunSummary, Setting, TableRow } from "../runs/types.ts";
import { NotPossible } from "./not-possible.ts";
import { writeParquet } from "./query.ts";
import { runRow, type TableName } from "./query-order.ts";
import { changeStream, rowStream } from "./table-stream.ts";
import { tarEnd, tarEntry } from "./tar.ts";

export const formats = ["csv", "parquet", "json", "tensorboard"] as const;
export type ExportOrder = { readonly format: (typeof formats)[number]; readonly table: TableName };
type Pieces = AsyncIterable<string | Uint8Array>;
export type Exported = { readonly name: string; readonly type: string; readonly data: Pieces };
type Row = Readonly<Record<string, Setting | undefined>>;

/** @throws NotPossible if there are no runs, or if Parquet needs DuckDB and it is missing */
export async function exported(
  workspace: string,
  runs: readonly RunSummary[],
  { format, table }: ExportOrder,
): Promise<Exported> {
  if (runs.length === 0) throw new NotPossible(400, "There are no runs to export.");
  // A folder's name may have what a header must not.
  const stem = runs.length === 1 ? runs[0]!.id.replace(/[^\w.-]/g, "_") : "runs";
  switch (format) {
    case "csv": {
      const data = csv(() => rowsOf(workspace, runs, table));
      return { name: `${stem}-${table}.csv`, type: "text/csv; charset=utf-8", data: gathered(data) };
    }
    case "json":
      return { name: `${stem}.json`, type: "application/json", data: gathered(json(workspace, runs)) };
    case "tensorboard":
      return { name: `${stem}-tensorboard.tar`, type: "application/x-tar", data: tensorboard(workspace, runs) };
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

/** The columns of all rows, so the rows are read twice. */
async function* csv(rows: () => AsyncIterable<Row>): AsyncGenerator<string> {
  const columns = new Set<string>();
  for await (const row of rows()) for (const name of Object.keys(row)) columns.add(name);
  const names = [...columns];
  yield csvLine(names);
  for await (const row of rows()) yield csvLine(names.map((name) => row[name]));
}

async function* rowsOf(workspace: string, runs: readonly RunSummary[], table: TableName): AsyncGenerator<Row> {
  for (const run of runs) {
    if (table === "runs") yield runRow(run);
    else if (table === "changes") {
      for await (const change of changeStream(workspace, run.key)) yield { run: run.key, ...flat(change) };
    } else for await (const row of rowStream(workspace, run.key, table)) yield { run: run.key, ...row };
  }
}

/** The values of a change may be lists. */
function flat(change: object): Row {
  return Object.fromEntries(
    Object.entries(change).map(([name, value]) => [name, typeof value === "object" ? JSON.stringify(value) : value]),
  );
}

async function* json(workspace: string, runs: readonly RunSummary[]): AsyncGenerator<string> {
  for (const [at, run] of runs.entries()) {
    yield `${at === 0 ? "[" : ","}\n ${JSON.stringify(run).slice(0, -1)}`;
    yield* jsonList("rows", rowStream(workspace, run.key, "rows"));
    yield* jsonList("probes", rowStream(workspace, run.key, "probes"));
    yield* jsonList("changes", changeStream(workspace, run.key));
    yield "}";
  }
  yield "\n]\n";
}

async function* jsonList(name: string, records: AsyncIterable<object>): AsyncGenerator<string> {
  yield `,\n  ${JSON.stringify(name)}:[`;
  let separator = "";
  for await (const record of records) {
    yield `${separator}${JSON.stringify(record)}`;
    separator = ",\n   ";
  }
  yield "]";
}

/** One run at a time is in memory: the archive says the size of a file before it. */
async function* tensorboard(workspace: string, runs: readonly RunSummary[]): AsyncGenerator<Uint8Array> {
  const seen = new Set<string>();
  for (const [at, run] of runs.entries()) {
    const begun = Math.floor(run.started / 1000);
    // Two runs have one id if a folder was copied.
    const folder = seen.has(run.id) ? `${run.id}-${at + 1}` : run.id;
    seen.add(run.id);
    const [rows, probes] = await Promise.all([
      all(rowStream(workspace, run.key, "rows")),
      all(rowStream(workspace, run.key, "probes")),
    ]);
    const data = eventFile(begun, scalarsOf(run, rows, probes));
    yield* tarEntry({ path: `${folder}/events.out.tfevents.${begun}.palimpsest`, data, modified: run.started });
  }
  yield tarEnd;
}

async function all<T>(records: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const each of records) found.push(each);
  return found;
}

function scalarsOf(run: RunSummary, rows: readonly TableRow[], probes: readonly TableRow[]): readonly Scalar[] {
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

/** DuckDB writes a file; it is removed when it was sent, or when nobody reads it any more. */
async function parquet(workspace: string, runs: readonly RunSummary[], table: TableName): Promise<Pieces> {
  const folder = await mkdtemp(join(tmpdir(), "palimpsest-export-"));
  const path = join(folder, "table.parquet");
  try {
    await writeParquet(workspace, runs, table, path);
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
  return sent(path, folder);
}

async function* sent(path: string, folder: string): AsyncGenerator<Uint8Array> {
  try {
    yield* createReadStream(path) as AsyncIterable<Uint8Array>;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Small pieces one by one would cost more than what is in them. */
const PIECE = 65_536;

async function* gathered(pieces: AsyncIterable<string>): AsyncGenerator<string> {
  let text = "";
  for await (const piece of pieces) {
    text += piece;
    if (text.length < PIECE) continue;
    yield text;
    text = "";
  }
  if (text !== "") yield text;
}
