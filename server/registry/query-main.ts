/**
 * A process of its own for one query: DuckDB is native code that runs whatever SQL the user writes, so a query that crashes, hangs
 * or fills the memory must not take the server with it. The tables are loaded first; then DuckDB may reach no file and no network.
 */
import { appendFileSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { plainText } from "./plain-file.ts";
import {
  measureColumns,
  type QueryAnswer,
  type QueryOrder,
  type TableColumns,
  type TableName,
  tableNames,
} from "./query-order.ts";
import { rowOf } from "./run-files.ts";

/** In bytes; JavaScript has no longer strings. */
const LARGEST = 400e6;
const FILES = { rows: "rows.jsonl", probes: "probes.jsonl", changes: "events.jsonl" } as const;

process.on("message", (order: QueryOrder) => {
  answerTo(order)
    .catch((error: Error): QueryAnswer => ({ kind: "failed", message: error.message }))
    .then((answer) => process.send?.(answer, () => process.exit(0)));
});
process.on("disconnect", () => process.exit(0));
process.send?.({ kind: "ready" });

async function answerTo(order: QueryOrder): Promise<QueryAnswer> {
  const { DuckDBInstance } = await import("@duckdb/node-api").catch(() => {
    throw new Error('This needs DuckDB, which is not installed. Run "npm install @duckdb/node-api".');
  });
  const folder = await mkdtemp(join(tmpdir(), "palimpsest-query-"));
  try {
    const instance = await DuckDBInstance.create(":memory:", {
      threads: "2",
      memory_limit: "2GB",
      temp_directory: join(folder, "spilled"),
    });
    const connection = await instance.connect();
    await connection.run("SET autoinstall_known_extensions=false; SET autoload_known_extensions=false");
    for (const table of tableNames) {
      const file = join(folder, `${table}.jsonl`);
      const columns = written(order, table, file);
      await connection.run(`CREATE TABLE ${table} AS ${reading(file, columns)}`);
    }
    if (order.kind === "parquet") {
      await connection.run(`COPY ${order.table} TO ${quoted(order.to)} (FORMAT parquet)`);
      return { kind: "written" };
    }
    await connection.run("SET enable_external_access=false");
    await connection.run("SET lock_configuration=true");
    const reader = await connection.runAndReadUntil(order.sql, order.most + 1);
    const rows = reader.getRows().map((row) => row.map(datum));
    return {
      kind: "rows",
      columns: reader.deduplicatedColumnNames(),
      rows: rows.slice(0, order.most),
      isComplete: rows.length <= order.most,
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function reading(file: string, columns: TableColumns): string {
  const types = Object.entries(columns).map(([name, type]) => `${quoted(name)}: ${quoted(type)}`);
  return `SELECT * FROM read_json(${quoted(file)}, format='newline_delimited', ignore_errors=true, columns={${types.join(", ")}})`;
}

/** Writes a table of all runs, each line with the run's key. @returns the columns that any line has */
function written({ workspace, runs, columns }: QueryOrder, table: TableName, to: string): TableColumns {
  if (table === "runs") {
    writeFileSync(to, runs.map((each) => `${JSON.stringify(each)}\n`).join(""));
    return columns.runs;
  }
  const names = new Set<string>();
  writeFileSync(to, "");
  for (const { run } of runs) {
    const text = plainText(join(workspace, run, FILES[table]), LARGEST) ?? "";
    const lines = text.slice(0, text.lastIndexOf("\n") + 1);
    if (table !== "changes")
      for (const line of lines.split("\n"))
        for (const row of rowOf(line)) for (const name of Object.keys(row)) names.add(name);
    appendFileSync(to, lines.replace(/^\{/gm, `{"run":${JSON.stringify(run)},`));
  }
  return table === "changes" ? columns.changes : measureColumns(names);
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** A value that JSON has. Whole numbers beyond 2⁵³ and all other values become text. */
function datum(value: unknown): string | number | boolean | null {
  if (value === null || typeof value === "string" || typeof value === "boolean") return value;
  if (typeof value === "number") return Number.isFinite(value) ? value : String(value);
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  const { toDouble } = value as { toDouble?: () => number };
  return typeof toDouble === "function" ? toDouble.call(value) : String(value);
}
