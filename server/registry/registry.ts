/**
 * All runs of a workspace: the list with its versions, and what a user does with runs. The files are the truth; while somebody
 * watches, they are looked at every second, and what has changed is handed on.
 */
import { randomBytes } from "node:crypto";
import type { RunAnswers } from "../runs/answers.ts";
import type { PruneResult, PruneRule, QueryResult, RunDelta, RunList, RunTables } from "../runs/api.ts";
import { experimentId } from "../runs/fold.ts";
import type { RecordDetails, RecordSummary } from "../runs/records.ts";
import type { Marks, RunSummary } from "../runs/types.ts";
import { readAnswers } from "./answers.ts";
import { type Exported, type ExportOrder, exported } from "./export.ts";
import { MarksFile } from "./marks-file.ts";
import { NotPossible } from "./not-possible.ts";
import { prune } from "./prune.ts";
import { query } from "./query.ts";
import { recordDetails } from "./record-details.ts";
import { Scan, type SessionStatus } from "./scan.ts";
import { readTables } from "./tables.ts";
import { Trash } from "./trash.ts";

const WATCH_MS = 1000;

type Listed = {
  readonly summary: RunSummary;
  readonly version: number;
  /** What the summary was made of. */
  readonly plain: RunSummary;
  readonly marks: Marks;
};

export class Registry {
  readonly workspace: string;
  readonly #epoch = randomBytes(6).toString("hex");
  readonly #scan: Scan;
  readonly #trash: Trash;
  #marks: MarksFile | undefined;
  #listed = new Map<string, Listed>();
  /** The versions at which runs were removed. */
  readonly #removed = new Map<string, number>();
  #version = 0;
  #scanning: Promise<void> = Promise.resolve();
  /** The scan that begins when the present one ends. */
  #next: Promise<void> | undefined;
  readonly #listeners = new Set<() => void>();
  #timer: NodeJS.Timeout | undefined;

  /** @param workspace the real path of the folder */
  constructor(workspace: string, sessionStatus: SessionStatus = () => undefined) {
    this.workspace = workspace;
    this.#scan = new Scan(workspace, sessionStatus);
    this.#trash = new Trash(workspace);
  }

  async list(): Promise<RunList> {
    await this.refresh();
    const runs = [...this.#listed.values()].map(({ summary }) => summary);
    return { epoch: this.#epoch, version: this.#version, runs };
  }

  /**
   * Some runs, as they were when the files were last looked at, and all runs of some experiments. What does not exist is not in the
   * list.
   */
  async some(keys: readonly string[], experiments: readonly string[] = []): Promise<RunList> {
    if (experiments.length > 0 || keys.some((key) => !this.#listed.has(key))) await this.refresh();
    const all = [...this.#listed.values()].map(({ summary }) => summary);
    const named = keys.flatMap((key) => this.#listed.get(key)?.summary ?? []);
    const ofExperiments = experiments.length === 0 ? [] : all.filter((run) => experiments.includes(experimentId(run)));
    return { epoch: this.#epoch, version: this.#version, runs: [...new Set([...named, ...ofExperiments])] };
  }

  /** The runs as they are now. */
  async summaries(): Promise<readonly RunSummary[]> {
    return (await this.list()).runs;
  }

  /** All records, the newest first. */
  async records(): Promise<readonly RecordSummary[]> {
    await this.refresh();
    return this.#scan.records.map(({ summary }) => summary).sort((a, b) => (a.created < b.created ? 1 : -1));
  }

  /** Only what a scan has found exists, so no key leads anywhere else. @throws NotPossible if there is no such record */
  async record(key: string): Promise<RecordSummary> {
    const found = (await this.records()).find((each) => each.key === key);
    if (found) return found;
    throw new NotPossible(404, `There is no record ${key.slice(0, 120)} in this workspace.`);
  }

  /** @throws NotPossible if there is no such record, or if it cannot be read */
  async recordDetails(key: string): Promise<RecordDetails> {
    return recordDetails(this.workspace, await this.record(key));
  }

  /** What has changed after a version; all runs if the version is of another start of the server. */
  deltaSince(version: number, epoch: string | undefined): RunDelta {
    const since = epoch === this.#epoch ? version : -1;
    const changed = [...this.#listed.values()].filter((each) => each.version > since);
    const removed = [...this.#removed].filter(([, at]) => at > since);
    return {
      epoch: this.#epoch,
      version: this.#version,
      changed: changed.map(({ summary }) => summary),
      removed: removed.map(([key]) => key),
    };
  }

  /** Calls the listener after each change, until the returned function is called. */
  watch(listener: () => void): () => void {
    this.#listeners.add(listener);
    this.#timer ??= setInterval(() => void this.refresh().catch(console.error), WATCH_MS).unref();
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size > 0) return;
      clearInterval(this.#timer);
      this.#timer = undefined;
    };
  }

  /**
   * Looks at the files. A call during a scan waits for it and then looks again, since the scan may have passed already. All calls
   * during one scan share the next one, so a slow disk is not asked more often than it answers.
   */
  refresh(): Promise<void> {
    this.#next ??= this.#scanning
      .catch(() => undefined)
      .then(() => {
        this.#next = undefined;
        this.#scanning = this.#refresh();
        return this.#scanning;
      });
    return this.#next;
  }

  async #refresh(): Promise<void> {
    const found = await this.#scan.all();
    this.#marks ??= new MarksFile(this.workspace);
    this.#marks.look();
    const version = this.#version + 1;
    const listed = new Map<string, Listed>();
    let hasChanged = false;
    for (const [key, plain] of found) {
      const marks = this.#marks.of(key);
      const known = this.#listed.get(key);
      const isSame = known !== undefined && known.plain === plain && known.marks === marks;
      listed.set(key, isSame ? known : { summary: { ...plain, ...marks }, version, plain, marks });
      if (!isSame) hasChanged = true;
      this.#removed.delete(key);
    }
    for (const key of this.#listed.keys()) {
      if (listed.has(key)) continue;
      this.#removed.set(key, version);
      hasChanged = true;
    }
    this.#listed = listed;
    if (!hasChanged) return;
    this.#version = version;
    for (const listener of this.#listeners) listener();
  }

  /** @throws NotPossible if there is no such run */
  async mark(key: string, marked: Marks): Promise<void> {
    await this.#known([key]);
    await this.#marks!.set(key, marked);
    await this.refresh();
  }

  /** Moves runs to the trash. @throws NotPossible if one does not exist, goes on, or belongs to a record alone */
  async delete(keys: readonly string[]): Promise<void> {
    this.#trash.put(await this.#known(keys));
    await this.refresh();
  }

  /** Takes runs out of the trash. @throws NotPossible if one is not there any more */
  async restore(keys: readonly string[]): Promise<void> {
    this.#trash.restore(keys);
    await this.refresh();
  }

  /** @throws NotPossible if there is no such run */
  async tables(keys: readonly string[], mostRows?: number): Promise<readonly RunTables[]> {
    const runs = await this.#known(keys);
    return runs.map(({ key }) => readTables(this.workspace, key, mostRows));
  }

  /** What runs answered to the items of test sets. @throws NotPossible if there is no such run */
  async answers(keys: readonly string[]): Promise<readonly RunAnswers[]> {
    const runs = await this.#known(keys);
    return runs.map((run) => readAnswers(this.workspace, run));
  }

  /** @throws NotPossible with DuckDB's message */
  async query(sql: string): Promise<QueryResult> {
    return query(this.workspace, await this.summaries(), sql);
  }

  /** @param keys all runs if there are none. @throws NotPossible */
  async export(keys: readonly string[], order: ExportOrder): Promise<Exported> {
    const runs = keys.length === 0 ? await this.summaries() : await this.#known(keys);
    return exported(this.workspace, runs, order);
  }

  async prune(rule: PruneRule): Promise<PruneResult> {
    const result = await prune(this.workspace, await this.summaries(), rule, this.#trash);
    if (rule.act === "prune") await this.refresh();
    return result;
  }

  /** The runs of some keys. Only what the last scan has found exists, so no key leads anywhere else. */
  async #known(keys: readonly string[]): Promise<readonly RunSummary[]> {
    const find = (): (RunSummary | undefined)[] => keys.map((key) => this.#listed.get(key)?.summary);
    if (find().includes(undefined)) await this.refresh();
    return find().map((run, at) => {
      if (run) return run;
      throw new NotPossible(404, `There is no run ${keys[at]!.slice(0, 120)} in this workspace.`);
    });
  }
}
