/**
 * The folder of a run, `.palimpsest/runs/<id>/`: `run.json` says what it is, the `.jsonl` files grow as the training
 * tells, `checkpoints/<step>.safetensors` are states that it can go back to, and other files lie beside them. Rows are with
 * the system as soon as they are told, so a kernel that is killed loses none; they are on the disk before a checkpoint
 * is, and when the run has ended. A checkpoint counts from when run.json names it.
 */
import { randomBytes } from "node:crypto";
import {
  closeSync,
  existsSync,
  fsync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import type { RunChange, RunCheckpoint } from "../../cells/host.ts";
import { changesUpTo } from "../../cells/train/run/changes.ts";
import type { ProbeRow, Row } from "../../cells/types.ts";
import { holds, writeWhole } from "./files.ts";

export const RUNS = ".palimpsest/runs";
const TABLES = ["rows", "probes", "events"] as const;
type Table = (typeof TABLES)[number];
export type Tables = {
  readonly rows: readonly Row[];
  readonly probes: readonly ProbeRow[];
  readonly changes: readonly RunChange[];
};

const synced = promisify(fsync);

export class RunFolder {
  readonly path: string;
  #files: Readonly<Record<Table, number>>;

  private constructor(path: string, files: Readonly<Record<Table, number>>) {
    this.path = path;
    this.#files = files;
  }

  /** Makes the folder of a new run, such as `20261121-120301-radis-ab12`. Time is UTC. @returns its name too. */
  static make(workspace: string, method: string, now: Date): { readonly id: string; readonly folder: RunFolder } {
    const id = freshId(join(workspace, RUNS), method, now);
    const path = join(workspace, RUNS, id);
    return { id, folder: new RunFolder(path, opened(path)) };
  }

  /** Takes up the folder of a run that was cut off. @returns what is in it; undefined where it cannot be gone on with. */
  static take(
    workspace: string,
    id: string,
  ): { folder: RunFolder; about: Readonly<Record<string, unknown>>; tables: Tables } | undefined {
    const path = join(workspace, RUNS, id);
    try {
      const about = JSON.parse(readFileSync(join(path, "run.json"), "utf8"));
      const folder = new RunFolder(path, opened(path));
      return { folder, about, tables: folder.tables() };
    } catch {
      return undefined;
    }
  }

  append(table: Table, record: object): void {
    writeSync(this.#files[table], `${JSON.stringify(record)}\n`);
  }

  tables(): Tables {
    const read = <T>(table: Table): T[] => lines(readFileSync(join(this.path, `${table}.jsonl`), "utf8"));
    return { rows: read<Row>("rows"), probes: read<ProbeRow>("probes"), changes: read<RunChange>("events") };
  }

  /** Drops what is after a step and adds the change that did it, one table at a time, each by atomic rename. @returns what is left. */
  cut(step: number, change: RunChange): Tables {
    const { rows, probes, changes } = this.tables();
    const upTo = <T extends { readonly step: number }>(records: readonly T[]): T[] =>
      records.filter((record) => record.step <= step);
    const kept = { rows: upTo(rows), probes: upTo(probes), changes: [...changesUpTo(changes, step), change] };
    const lists = { rows: kept.rows, probes: kept.probes, events: kept.changes };
    this.close();
    for (const table of TABLES) {
      const file = join(this.path, `${table}.jsonl`);
      writeFileSync(`${file}.part`, lists[table].map((record) => `${JSON.stringify(record)}\n`).join(""));
      renameSync(`${file}.part`, file);
    }
    this.#files = opened(this.path);
    return kept;
  }

  /** @throws where the path leads out of the folder. */
  async write(path: string, data: Uint8Array | string): Promise<void> {
    const file = join(this.path, path);
    if (!holds(this.path, file)) throw new Error(`A run's files lie in its own folder; ${path} does not.`);
    await writeWhole(file, data);
  }

  describe(about: object): Promise<void> {
    return writeWhole(join(this.path, "run.json"), described(about));
  }

  describeAtOnce(about: object): void {
    const file = join(this.path, "run.json");
    writeFileSync(`${file}.part`, described(about));
    renameSync(`${file}.part`, file);
  }

  async writeState(step: number, state: Uint8Array): Promise<void> {
    await this.sync();
    await writeWhole(this.#state(step), state);
  }

  async readState(step: number): Promise<Uint8Array> {
    return new Uint8Array(await readFile(this.#state(step)));
  }

  hasState(step: number): boolean {
    return existsSync(this.#state(step));
  }

  async removeStates(steps: readonly number[]): Promise<void> {
    for (const step of steps) await rm(this.#state(step), { force: true });
  }

  removeStatesAtOnce(steps: readonly number[]): void {
    for (const step of steps) rmSync(this.#state(step), { force: true });
  }

  async sync(): Promise<void> {
    for (const table of TABLES) await synced(this.#files[table]);
  }

  close(): void {
    for (const table of TABLES) closeSync(this.#files[table]);
  }

  #state(step: number): string {
    return join(this.path, "checkpoints", `${step}.safetensors`);
  }
}

/** Of the unmarked checkpoints the latest three stay. @returns those that stay. */
export function thinned(checkpoints: readonly RunCheckpoint[]): readonly RunCheckpoint[] {
  const passing = checkpoints.filter(({ marked }) => !marked).slice(-3);
  return checkpoints.filter((each) => each.marked || passing.includes(each));
}

function described(about: object): string {
  return `${JSON.stringify(about, null, 2)}\n`;
}

function opened(path: string): Record<Table, number> {
  const open = (table: Table): number => openSync(join(path, `${table}.jsonl`), "a");
  return { rows: open("rows"), probes: open("probes"), events: open("events") };
}

/** A last line that was cut off is left out. */
function lines<T>(text: string): T[] {
  return text
    .slice(0, text.lastIndexOf("\n") + 1)
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));
}

function freshId(runs: string, method: string, now: Date): string {
  mkdirSync(runs, { recursive: true });
  const [day, time] = now.toISOString().replace(/[-:]/g, "").split(/[T.]/);
  const word = method.replace(/[^\w-]+/g, "-") || "run";
  for (;;) {
    const id = `${day}-${time}-${word}-${randomBytes(2).toString("hex")}`;
    try {
      mkdirSync(join(runs, id));
      return id;
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
    }
  }
}
