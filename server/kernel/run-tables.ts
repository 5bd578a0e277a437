/**
 * The tables of a run, `rows.jsonl`, `probes.jsonl` and `events.jsonl`: one JSON record per line, appended as the training
 * reports. A line is handed to the system at once, so a kernel that is killed loses none; `sync` puts it on the disk.
 */
import { closeSync, fsync, openSync, readFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import type { RunChange } from "../../cells/host.ts";
import { changesUpTo } from "../../cells/train/run/changes.ts";
import type { ProbeRow, Row } from "../../cells/types.ts";
import { writeSafelySync } from "../session/write-file.ts";

const TABLES = ["rows", "probes", "events"] as const;
type Table = (typeof TABLES)[number];
export type RunRecords = {
  readonly rows: readonly Row[];
  readonly probes: readonly ProbeRow[];
  readonly changes: readonly RunChange[];
};

const fsynced = promisify(fsync);

export class RunTables {
  readonly #folder: string;
  #files: Readonly<Record<Table, number>>;

  /** Opens the tables of a folder, and creates those that do not exist. */
  constructor(folder: string) {
    this.#folder = folder;
    this.#files = this.#opened();
  }

  append(table: Table, record: object): void {
    writeSync(this.#files[table], `${JSON.stringify(record)}\n`);
  }

  read(): RunRecords {
    const records = <T>(table: Table): T[] => parsedLines(readFileSync(this.#path(table), "utf8"));
    return { rows: records<Row>("rows"), probes: records<ProbeRow>("probes"), changes: records<RunChange>("events") };
  }

  /** Removes the records after a step and adds the change that did it, one table after the other. @returns what is left */
  cut(step: number, change: RunChange): RunRecords {
    const { rows, probes, changes } = this.read();
    const upTo = <T extends { readonly step: number }>(records: readonly T[]): T[] =>
      records.filter((record) => record.step <= step);
    const left = { rows: upTo(rows), probes: upTo(probes), changes: [...changesUpTo(changes, step), change] };
    const records = { rows: left.rows, probes: left.probes, events: left.changes };
    this.close();
    for (const table of TABLES) {
      writeSafelySync(this.#path(table), records[table].map((record) => `${JSON.stringify(record)}\n`).join(""));
    }
    this.#files = this.#opened();
    return left;
  }

  async sync(): Promise<void> {
    for (const table of TABLES) await fsynced(this.#files[table]);
  }

  close(): void {
    for (const table of TABLES) closeSync(this.#files[table]);
  }

  #opened(): Record<Table, number> {
    const open = (table: Table): number => openSync(this.#path(table), "a");
    return { rows: open("rows"), probes: open("probes"), events: open("events") };
  }

  #path(table: Table): string {
    return join(this.#folder, `${table}.jsonl`);
  }
}

/** A last line without its line break was cut off and is left out. */
function parsedLines<T>(text: string): T[] {
  return text
    .slice(0, text.lastIndexOf("\n") + 1)
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));
}
