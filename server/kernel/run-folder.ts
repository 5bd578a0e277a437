/**
 * The folder of a run, `.palimpsest/runs/<id>/`: `run.json` describes it, the tables grow as the training reports, checkpoints
 * are states that it can go back to, and other files such as the adapter and the answers of tests lie beside them. Rows are on the disk before the
 * checkpoint that follows them, and when the run has ended. A checkpoint counts from the moment when `run.json` lists it.
 */
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { TestAnswers } from "../../cells/runs.ts";
import { ownHolderHere, printed, RUN_HOLDER } from "../session/holder.ts";
import { holds } from "../session/inside.ts";
import { writeSafely, writeSafelySync } from "../session/write-file.ts";
import { CheckpointFiles } from "./checkpoint-files.ts";
import { answersFile } from "./run-answers.ts";
import { type RunRecords, RunTables } from "./run-tables.ts";

/** Relative to the workspace. */
export const RUNS = ".palimpsest/runs";

type OpenedRun = {
  readonly folder: RunFolder;
  readonly description: Readonly<Record<string, unknown>>;
  readonly records: RunRecords;
};

export class RunFolder {
  readonly id: string;
  readonly tables: RunTables;
  readonly checkpoints: CheckpointFiles;
  readonly #path: string;

  private constructor(workspace: string, id: string) {
    this.id = id;
    this.#path = join(workspace, RUNS, id);
    this.tables = new RunTables(this.#path);
    this.checkpoints = new CheckpointFiles(this.#path);
  }

  /** Makes the folder of a new run, such as `20261121-120301-radis-ab12`. The time is UTC. */
  static make(workspace: string, method: string, now: Date): RunFolder {
    return new RunFolder(workspace, freshId(join(workspace, RUNS), method, now));
  }

  /** Opens the folder of a run that was cut off. @returns undefined if it cannot be read */
  static open(workspace: string, id: string): OpenedRun | undefined {
    try {
      const description = JSON.parse(readFileSync(join(workspace, RUNS, id, "run.json"), "utf8"));
      const folder = new RunFolder(workspace, id);
      return { folder, description, records: folder.tables.read() };
    } catch {
      return undefined;
    }
  }

  describe(description: object): Promise<void> {
    return writeSafely(this.#runJson, asJson(description));
  }

  describeSync(description: object): void {
    writeSafelySync(this.#runJson, asJson(description));
  }

  /** @throws if the path leads out of the folder */
  async write(path: string, data: Uint8Array | string): Promise<void> {
    const file = join(this.#path, path);
    if (!holds(this.#path, file)) {
      throw new Error(`A run can write only into its own folder; ${path} lies outside of it. Name a path inside.`);
    }
    await writeSafely(file, data);
  }

  /** Names this process as the one that works on the run, until the run ends: whoever looks at the folder sees whether it lives. */
  holdSync(): void {
    writeSafelySync(this.#holder, printed(ownHolderHere()));
  }

  releaseSync(): void {
    rmSync(this.#holder, { force: true });
  }

  /** A run whose folder was deleted keeps none: writing would make the folder again. */
  async writeAnswers(step: number, tests: readonly TestAnswers[]): Promise<void> {
    if (!existsSync(this.#runJson)) return;
    for (const test of tests) {
      const { path, text } = answersFile(step, test);
      await this.write(path, text);
    }
  }

  async writeCheckpoint(step: number, state: Uint8Array): Promise<void> {
    await this.tables.sync();
    await this.checkpoints.write(step, state);
  }

  get #holder(): string {
    return join(this.#path, RUN_HOLDER);
  }

  get #runJson(): string {
    return join(this.#path, "run.json");
  }
}

function asJson(description: object): string {
  return `${JSON.stringify(description, null, 2)}\n`;
}

/** Makes a folder with a name that no other run has. @returns the name */
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
