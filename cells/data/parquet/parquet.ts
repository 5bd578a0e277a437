/**
 * The rows of a Parquet file, read by DuckDB. This is the one place that loads its native library, and it does so when a
 * Parquet file is asked for. DuckDB reads paths and cells read bytes through their host, so the bytes pass through a
 * temporary file.
 */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RawRow } from "../reading.ts";

/** Rows count from 1. Numbers beyond 2⁵³, dates and the like come as text. @throws if DuckDB is not installed, or cannot read the file. */
export async function parquetRows(file: string, bytes: Uint8Array): Promise<RawRow[]> {
  const { DuckDBInstance } = await import("@duckdb/node-api").catch(() => {
    throw new Error(
      `Parquet is read with DuckDB, which is not installed: "npm install @duckdb/node-api", or give ${file} as JSONL.`,
    );
  });
  const folder = await mkdtemp(join(tmpdir(), "palimpsest-parquet-"));
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  try {
    const path = join(folder, "rows.parquet");
    await writeFile(path, bytes);
    const read = await connection.runAndReadAll("select * from read_parquet($path)", { path });
    return read.getRowObjectsJson().map((value, i) => ({ line: i + 1, text: JSON.stringify(value), value }));
  } catch (error) {
    const reason =
      error instanceof Error ? error.message.split("\n", 1)[0]!.replaceAll(`${folder}/rows.parquet`, file) : error;
    throw new Error(`${file} cannot be read as Parquet: ${reason}`);
  } finally {
    connection.closeSync();
    instance.closeSync();
    await rm(folder, { recursive: true, force: true });
  }
}
