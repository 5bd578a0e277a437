/**
 * Reads a table of a run record by record, without holding it in memory: exports may be of thousands of runs. As elsewhere, only a
 * regular file is read, never through a link.
 */
import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { TableRow } from "../runs/types.ts";
import { checked } from "../session/schema/fault.ts";
import { runChange } from "../session/schema/values.ts";
import type { RunChange } from "../values.ts";
import { parsed, rowOf } from "./run-files.ts";

const { O_RDONLY, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants;

export function rowStream(workspace: string, run: string, table: "rows" | "probes"): AsyncGenerator<TableRow> {
  return records(join(workspace, run, `${table}.jsonl`), rowOf);
}

export function changeStream(workspace: string, run: string): AsyncGenerator<RunChange> {
  return records(join(workspace, run, "events.jsonl"), (line) => {
    const read = checked(runChange, parsed(line));
    return "value" in read ? [read.value] : [];
  });
}

async function* records<T>(path: string, read: (line: string) => readonly T[]): AsyncGenerator<T> {
  const file = await regularFile(path);
  if (!file) return;
  try {
    // A last line without its line break may be cut off; what is valid JSON of it is whole all the same.
    const lines = createInterface({
      input: file.createReadStream({ encoding: "utf8" }),
      crlfDelay: Number.POSITIVE_INFINITY,
    });
    for await (const line of lines) yield* read(line);
  } finally {
    await file.close().catch(() => undefined);
  }
}

async function regularFile(path: string): Promise<FileHandle | undefined> {
  let file: FileHandle | undefined;
  try {
    file = await open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    if ((await file.stat()).isFile()) return file;
  } catch {
    // There is none.
  }
  await file?.close();
  return undefined;
}
