/**
 * A sweep on the disk: `.palimpsest/sweeps/<notebook>-<snapshot>/`. All entries of one version of a notebook lie in one folder,
 * so a larger sweep finds those that a smaller one has done. `entries/<id>/` has what `palimpsest run --resume` keeps, with
 * `log.txt` (what the run printed) and `result.json` (its report). `orders/<id>/` says what was asked for, see `order.ts`.
 */
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import * as v from "valibot";
import { placeInside } from "../session/inside.ts";
import { readRegularFile } from "../session/read-file.ts";
import { checked } from "../session/schema/fault.ts";
import { makeFolder, writeSafely } from "../session/write-file.ts";
import type { Entry } from "./entries.ts";
import { livingHolder } from "./entry-lock.ts";
import { forgetRuns, LOCK, RESULT, wasStarted } from "./resume-folder.ts";

const SWEEPS = join(".palimpsest", "sweeps");
/** In bytes. */
const LARGEST = 20e6;

/** A number that JSON does not have, such as NaN, is null there. */
const result = v.intersect([
  v.object({ method: v.string() }),
  v.record(v.string(), v.union([v.number(), v.string(), v.null()])),
]);
export type EntryResult = v.InferOutput<typeof result>;
const report = v.object({
  status: v.string(),
  results: v.array(result),
  record: v.optional(v.nullable(v.string())),
});

/**
 * `done` and `failed`: the notebook ended. `running`: a process works at it. `waiting`: in the queue of a scheduler.
 * `interrupted`: it was ended or killed, and goes on. `missing`: it was never started.
 */
export type EntryStatus = "done" | "failed" | "running" | "waiting" | "interrupted" | "missing";
export type EntryState = {
  readonly status: EntryStatus;
  readonly results: readonly EntryResult[];
  /** The folder of its record. */
  readonly record: string | null;
};

export class SweepFolder {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  /**
   * @param workspace its real path
   * @throws if the folder cannot be made, or leads to another place, where files of these names may be somebody's
   */
  static async make(workspace: string, notebook: string, snapshot: string): Promise<SweepFolder> {
    const path = join(workspace, SWEEPS, `${notebook.replace(/\.ts$/, "")}-${snapshot.slice(0, 8)}`);
    if ((await placeInside(workspace, path)) !== path)
      throw new Error(`${path} leads through a link to another folder. Remove the link.`);
    await makeFolder(join(path, "entries"));
    return new SweepFolder(path);
  }

  /** One that exists. @param path the real path of a folder of a sweep */
  static at(path: string): SweepFolder {
    return new SweepFolder(path);
  }

  orderFolder(order: string): string {
    return join(this.path, "orders", order);
  }

  /** Names the process that runs an order here. */
  commandOf(order: string): string {
    return join(this.orderFolder(order), "command.json");
  }

  async orders(): Promise<readonly string[]> {
    const found = await readdir(join(this.path, "orders"), { withFileTypes: true }).catch(() => []);
    return found.flatMap((each) => (each.isDirectory() ? [each.name] : []));
  }

  folderOf({ id }: Pick<Entry, "id">): string {
    return join(this.path, "entries", id);
  }

  logOf(entry: Pick<Entry, "id">): string {
    return join(this.folderOf(entry), "log.txt");
  }

  lockOf(entry: Pick<Entry, "id">): string {
    return join(this.folderOf(entry), LOCK);
  }

  filesOf(entry: Pick<Entry, "id">): { readonly result: string; readonly log: string } {
    return { result: join(this.folderOf(entry), RESULT), log: this.logOf(entry) };
  }

  /** What the files say; a queue knows more. */
  async stateOf(entry: Pick<Entry, "id">): Promise<EntryState> {
    const reported = await this.#report(entry);
    if (reported) {
      const status = reported.status === "done" ? "done" : "failed";
      return { status, results: reported.results, record: reported.record ?? null };
    }
    const folder = this.folderOf(entry);
    const status = (await livingHolder(this.lockOf(entry)))
      ? "running"
      : (await wasStarted(folder))
        ? "interrupted"
        : "missing";
    return { status, results: [], record: null };
  }

  /**
   * Makes the folder of an entry that is to run, and removes the report of a failure.
   * @throws if a link leads elsewhere: the run's log would be written there
   */
  async prepare(entry: Entry): Promise<void> {
    const folder = this.folderOf(entry);
    await makeFolder(folder);
    for (const path of [folder, this.logOf(entry)]) await this.requireOwn(path);
    await rm(join(folder, RESULT), { force: true });
    const { id, settings, seed } = entry;
    await writeSafely(join(folder, "entry.json"), `${JSON.stringify({ id, settings, seed })}\n`);
  }

  /** @throws if a link leads to another place, where files of these names may be somebody's */
  async requireOwn(path: string): Promise<void> {
    if ((await placeInside(this.path, path)) !== path)
      throw new Error(`${path} leads through a link to another place. Remove the link.`);
  }

  /** The entry starts from nothing the next time. */
  async forget(entry: Pick<Entry, "id">): Promise<void> {
    await rm(join(this.folderOf(entry), RESULT), { force: true });
    await forgetRuns(this.folderOf(entry));
  }

  async #report(entry: Pick<Entry, "id">): Promise<v.InferOutput<typeof report> | undefined> {
    try {
      const text = await readRegularFile(join(this.folderOf(entry), RESULT), { inside: this.path, most: LARGEST });
      const read = checked(report, JSON.parse(text.toString("utf8")));
      return "value" in read ? read.value : undefined;
    } catch {
      return undefined;
    }
  }
}
