/**
 * All sweeps of a workspace: what the files say of them, and the processes that the page has started. The files are the truth,
 * so a sweep that was started in a terminal is shown, cancelled and started again as one that was started here.
 */
import { lstat, readdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { holds } from "../session/inside.ts";
import type { AgainOrder, EntryLog, StartOrder, SweepDetails, SweepKey, SweepSummary } from "./api.ts";
import { cancelSweep } from "./cancel.ts";
import { type Command, summaryOf, tablesOf, type View } from "./details.ts";
import { livingHolder } from "./entry-lock.ts";
import { logTail } from "./log-tail.ts";
import { asWords, type Order, readOrder } from "./order.ts";
import type { ReportedEntry } from "./report.ts";
import { slurmTasks, type Task, withTask } from "./slurm.ts";
import { startWords, terminalCommand } from "./start-words.ts";
import { SweepFault } from "./sweep-fault.ts";
import { SweepFolder } from "./sweep-folder.ts";
import { SweepProcess } from "./sweep-process.ts";

/** In bytes. */
const LOG_BYTES = 64_000;
/** Milliseconds that Slurm's answer counts, so that pages do not burden it. */
const QUEUE_MS = 10_000;

/** Where a sweep lies. `notebooks`: the folder of its notebook, relative to the workspace. */
type Place = { readonly notebooks: string; readonly folder: SweepFolder; readonly order: string };
type Found = Place & { readonly asked: Order; readonly command: Command; readonly entries: readonly ReportedEntry[] };
export type Notebooks = {
  /** The folders that may have sweeps, relative to the workspace. */
  readonly folders: () => readonly string[];
  /** The path of a notebook as the workspace names it. Rejects if it is not in the workspace. */
  readonly existing: (path: string) => Promise<string>;
};
/** The backend and the memory of the workbench, which its sweeps have too. */
export type SweepOptions = { readonly backend?: string; readonly memory?: number };

export class Sweeps {
  readonly #workspace: string;
  readonly #notebooks: Notebooks;
  readonly #options: SweepOptions;
  /** The processes that were started here and have not ended. */
  readonly #processes = new Set<SweepProcess>();
  /** Why the last process of a sweep failed, by key. */
  readonly #faults = new Map<string, string>();
  readonly #queues = new Map<string, { readonly at: number; readonly tasks: Promise<ReadonlyMap<string, Task>> }>();

  /** @param workspace its real path */
  constructor(workspace: string, notebooks: Notebooks, options: SweepOptions = {}) {
    this.#workspace = workspace;
    this.#notebooks = notebooks;
    this.#options = options;
  }

  async list(): Promise<readonly SweepSummary[]> {
    const found = await Promise.all((await this.#places()).map((place) => this.#found(place)));
    const summaries = found.flatMap((each) => (each ? [this.#summary(each)] : []));
    return summaries.sort((a, b) => b.started - a.started);
  }

  /** @throws SweepFault if there is no such sweep */
  async details(key: string, view: View): Promise<SweepDetails> {
    const found = await this.#known(key);
    const { asked, entries, command, notebooks } = found;
    const fault = this.#faults.get(key);
    const recordKey = (folder: string): string | undefined =>
      holds(this.#workspace, folder) ? folder.slice(this.#workspace.length + 1).replaceAll("\\", "/") : undefined;
    return {
      ...this.#summary(found),
      command: terminalCommand(notebooks, asked.notebook, asWords(asked.arguments)),
      ...(fault !== undefined && { fault }),
      ...tablesOf(entries, command, view, recordKey),
    };
  }

  /** @throws SweepFault if there is no such entry */
  async log(key: string, entry: string): Promise<EntryLog> {
    const { folder, entries } = await this.#known(key);
    const found = entries.find(({ id }) => id === entry);
    if (!found) throw new SweepFault(404, `This sweep has no entry ${entry.slice(0, 40)}.`);
    return logTail(folder.logOf(found), folder.path, LOG_BYTES);
  }

  /** @throws SweepFault saying what is wrong with the order */
  async start(order: StartOrder): Promise<SweepKey> {
    const notebook = await this.#notebooks.existing(order.notebook);
    return this.#run(notebook, [...startWords(order), ...this.#device()]);
  }

  /** Runs what is left of a sweep, and some entries although they are done. @throws SweepFault */
  async again({ sweep, entries }: AgainOrder): Promise<SweepKey> {
    const { asked, notebooks, folder } = await this.#known(sweep);
    const { notebook, snapshot } = asked;
    // A folder that came from elsewhere may name any file, or a link that leads out of the workspace.
    const path = notebooks === "" ? notebook : `${notebooks}/${notebook}`;
    const isOwn = basename(folder.path).startsWith(`${notebook.replace(/\.ts$/, "")}-`);
    if (basename(notebook) !== notebook || !isOwn || (await this.#notebooks.existing(path)) !== path)
      throw new SweepFault(409, "The files of this sweep are damaged. Start a new one from the notebook.");
    const ids = entries.map((id) => {
      if (asked.entries.some((each) => each.id === id)) return `--again=${id}`;
      throw new SweepFault(404, `This sweep has no entry ${id.slice(0, 40)}.`);
    });
    const wait = asked.arguments.on === "slurm" ? ["--no-wait"] : [];
    return this.#run(path, [...asWords(asked.arguments), ...wait, ...ids, `--snapshot=${snapshot}`]);
  }

  /** Ends what runs of a sweep, wherever it was started. @throws SweepFault */
  async cancel(key: string): Promise<void> {
    const { folder, order, entries } = await this.#known(key);
    this.#queues.delete(folder.path);
    const { left } = await cancelSweep(folder, entries, [folder.commandOf(order)]).catch((error: Error) => {
      throw new SweepFault(503, error.message);
    });
    this.#queues.delete(folder.path);
    if (left > 0) throw new SweepFault(409, `Entries that have not ended yet: ${left}. They save checkpoints.`);
  }

  /** Ends the processes that were started here, after their entries have saved checkpoints. */
  async close(): Promise<void> {
    for (const each of this.#processes) each.end();
    await Promise.all([...this.#processes].map(({ ended }) => ended));
  }

  /** @param notebook its path in the workspace, with forward slashes */
  async #run(notebook: string, words: readonly string[]): Promise<SweepKey> {
    const [name = "", ...above] = notebook.split("/").reverse();
    const notebooks = above.reverse().join("/");
    const process = new SweepProcess(join(this.#workspace, notebooks), [...words, "--", name]);
    this.#processes.add(process);
    void process.ended.then(() => this.#processes.delete(process));
    const { folder, order } = await process.planned;
    const key = keyOf(notebooks, folder, order);
    this.#faults.delete(key);
    void process.ended.then(() => {
      if (process.fault !== undefined) this.#faults.set(key, process.fault);
    });
    return { sweep: key };
  }

  #device(): readonly string[] {
    const { backend, memory } = this.#options;
    return [
      ...(backend ? [`--backend=${backend}`] : []),
      ...(memory ? [`--memory=${Math.round(memory / 1000)}k`] : []),
    ];
  }

  /** Links are not followed, so nothing outside of the workspace is found. */
  async #places(): Promise<readonly Place[]> {
    const places = this.#notebooks.folders().map(async (notebooks): Promise<readonly Place[]> => {
      const above = join(this.#workspace, notebooks, ".palimpsest", "sweeps");
      if (!(await lstat(above).catch(() => undefined))?.isDirectory()) return [];
      const names = await readdir(above, { withFileTypes: true });
      const folders = names.filter((each) => each.isDirectory()).map(({ name }) => SweepFolder.at(join(above, name)));
      const orders = folders.map(async (folder) =>
        (await folder.orders()).map((order) => ({ notebooks, folder, order })),
      );
      return (await Promise.all(orders)).flat();
    });
    return (await Promise.all(places)).flat();
  }

  /** Only what is found in the workspace exists, so no key leads anywhere else. */
  async #known(key: string): Promise<Found> {
    const place = (await this.#places()).find(
      ({ notebooks, folder, order }) => keyOf(notebooks, basename(folder.path), order) === key,
    );
    const found = place && (await this.#found(place));
    if (found) return found;
    throw new SweepFault(404, `There is no sweep ${key.slice(0, 120)} in this workspace.`);
  }

  async #found(place: Place): Promise<Found | undefined> {
    const { folder, order } = place;
    const asked = await readOrder(folder, order);
    if (!asked) return undefined;
    const command = (await livingHolder(folder.commandOf(order))) ? "running" : "none";
    const tasks = await this.#tasks(folder);
    const entries: ReportedEntry[] = [];
    for (const entry of asked.entries)
      entries.push({ ...entry, ...withTask(await folder.stateOf(entry), tasks.get(entry.id)) });
    return { ...place, asked, command, entries };
  }

  /** What Slurm cannot say does not hide what the files say. */
  #tasks(folder: SweepFolder): Promise<ReadonlyMap<string, Task>> {
    const known = this.#queues.get(folder.path);
    if (known && performance.now() - known.at < QUEUE_MS) return known.tasks;
    const tasks = slurmTasks(folder).catch(() => new Map());
    this.#queues.set(folder.path, { at: performance.now(), tasks });
    return tasks;
  }

  #summary({ notebooks, folder, order, asked, entries, command }: Found): SweepSummary {
    const key = keyOf(notebooks, basename(folder.path), order);
    return summaryOf(key, join(notebooks, asked.notebook), asked, entries, command);
  }
}

function keyOf(notebooks: string, folder: string, order: string): string {
  return [...(notebooks === "" ? [] : [notebooks]), folder, order].join("/");
}
