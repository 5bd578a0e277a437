/**
 * Reads Parquet files with DuckDB. Its native library is loaded only here, and only when a Parquet file is read. Cells get bytes from
 * their host while DuckDB reads paths, so the bytes are written to a temporary file.
 */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RawRow } from "../reading.ts";

/** Rows count from 1. Values that JSON numbers cannot hold, such as dates and integers beyond 2⁵³, are strings. @throws if DuckDB is not installed or cannot read the file. */
export async function parquetRows(file: string, bytes: Uint8Array): Promise<RawRow[]> {
  const { DuckDBInstance } = await import("@duckdb/node-api").catch(() => {
    throw new Error(
      `Reading Parquet needs DuckDB, which is not installed. Run "npm install @duckdb/node-api", or convert ${file} to JSONL.`,
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
