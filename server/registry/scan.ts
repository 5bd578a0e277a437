/**
 * Finds all runs of a workspace and summarises them. A run is read again only if its files have changed since the last scan, so a
 * scan of a thousand ended runs is a thousand calls of `stat`. Between runs the server answers others.
 */
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { summaryOf } from "../runs/summary.ts";
import type { RecordBadge, RunDescription, RunSummary } from "../runs/types.ts";
import { HOLDER_BYTES, isAlive, isHere, RUN_HOLDER, readHolder } from "../session/holder.ts";
import type { RunStatus } from "../values.ts";
import { bytesBelow } from "./disk-use.ts";
import { foldersIn, notebookFolders, ownPath } from "./places.ts";
import { fileSignature, plainText } from "./plain-file.ts";
import { type FoundRecord, Records } from "./records.ts";
import { knobChanges, probeRows, readDescription, someRows } from "./run-files.ts";

/** What the open session of a notebook knows about a run, if there is one. Its run.json is older if the kernel was killed. */
export type SessionStatus = (notebook: string, id: string) => RunStatus | undefined;
type Known = {
  /** The signatures of `run.json` and of the tables. */
  readonly own: string;
  readonly tables: string;
  /** The status that `run.json` gives. */
  readonly described: RunStatus | undefined;
  readonly summary: RunSummary | undefined;
};

/** Milliseconds that a scan works before others have their turn. */
const TURN_MS = 8;
/** A run of another machine, or of an older version, whose files have not changed for so long does not run any more. In milliseconds. */
export const SILENT_MS = 10 * 60_000;
const TABLES = ["rows.jsonl", "probes.jsonl", "events.jsonl"];

export class Scan {
  readonly #workspace: string;
  readonly #sessionStatus: SessionStatus;
  readonly #records: Records;
  readonly #known = new Map<string, Known>();
  #foundRecords: readonly FoundRecord[] = [];
  /** The same object as long as nothing has changed, so that changes are found by identity. */
  readonly #badged = new WeakMap<RunSummary, RunSummary>();

  constructor(workspace: string, sessionStatus: SessionStatus) {
    this.#workspace = workspace;
    this.#sessionStatus = sessionStatus;
    this.#records = new Records(workspace);
  }

  /** The records that the last scan has found. */
  get records(): readonly FoundRecord[] {
    return this.#foundRecords;
  }

  /** All runs by key, without the user's marks. */
  async all(): Promise<ReadonlyMap<string, RunSummary>> {
    const found = new Map<string, RunSummary>();
    const allRecords: FoundRecord[] = [];
    let turn = performance.now();
    for (const folder of notebookFolders(this.#workspace)) {
      const records = this.#records.in(folder);
      allRecords.push(...records);
      const badges = new Map(records.flatMap(({ badge, runs }) => runs.map(({ id }) => [id, badge] as const)));
      const add = async (key: string, recorded?: RunDescription): Promise<void> => {
        if (performance.now() - turn > TURN_MS) {
          await setImmediate();
          turn = performance.now();
        }
        const summary = this.#summary(folder, key, recorded);
        if (summary) found.set(key, this.#withBadge(summary, badges.get(summary.id)));
      };
      const ids = new Set(foldersIn(join(this.#workspace, ownPath(folder, "runs"))));
      for (const id of ids) await add(ownPath(folder, "runs", id));
      for (const record of records) {
        const recorded = new Set(foldersIn(join(this.#workspace, record.folder, "runs")));
        for (const run of record.runs)
          if (!ids.has(run.id) && recorded.has(run.id)) await add(`${record.folder}/runs/${run.id}`, run);
      }
    }
    for (const key of this.#known.keys()) if (!found.has(key)) this.#known.delete(key);
    this.#foundRecords = allRecords;
    return found;
  }

  #withBadge(summary: RunSummary, badge: RecordBadge | undefined): RunSummary {
    if (!badge) return summary;
    const before = this.#badged.get(summary);
    if (before?.record === badge) return before;
    const badged = { ...summary, record: badge };
    this.#badged.set(summary, badged);
    return badged;
  }

  /** @param recorded what a record says about the run, which has no `run.json` there */
  #summary(folder: string, key: string, recorded?: RunDescription): RunSummary | undefined {
    const path = join(this.#workspace, key);
    const own = recorded ? JSON.stringify(recorded) : fileSignature(join(path, "run.json"));
    const known = this.#known.get(key);
    // Rows may have come while run.json stayed as it was only if it says that the run goes on.
    const mayGrow = known?.own !== own || known.described === "running";
    const tables = mayGrow ? this.#tables(path) : known.tables;
    let { described, summary } = known ?? {};
    if (known?.own !== own || known.tables !== tables) {
      const description = recorded ?? readDescription(path);
      described = description?.status;
      summary = description && this.#read(folder, key, description);
    }
    const status = described && summary && this.#status(described, summary, path);
    if (summary && status && status !== summary.status) summary = { ...summary, status };
    this.#known.set(key, { own, tables, described, summary });
    return summary;
  }

  #read(folder: string, key: string, description: RunDescription): RunSummary {
    const path = join(this.#workspace, key);
    return summaryOf({
      key,
      // A headless run knows the path in the folder of its notebook alone.
      notebook: folder === "" ? description.notebook : `${folder}/${description.notebook}`,
      // Its folder is its name, whatever the file says.
      description: { ...description, id: key.slice(key.lastIndexOf("/") + 1) },
      rows: someRows(path),
      probes: probeRows(path),
      knobChanges: knobChanges(path),
      bytes: bytesBelow(path),
    });
  }

  #tables(path: string): string {
    return TABLES.map((table) => fileSignature(join(path, table))).join();
  }

  /** `run.json` of a run whose kernel was killed says "running" for ever. */
  #status(described: RunStatus, { notebook, id }: RunSummary, path: string): RunStatus {
    if (described !== "running") return described;
    const known = this.#sessionStatus(notebook, id);
    if (known) return known;
    // A process of this machine says more than the times of files: it may be paused, or have ended a moment ago.
    const holder = readHolder(plainText(join(path, RUN_HOLDER), HOLDER_BYTES) ?? "");
    if (holder?.host !== undefined && isHere(holder)) return isAlive(holder) ? "running" : "interrupted";
    const times = ["run.json", ...TABLES].map((file) => Number(fileSignature(join(path, file)).split(" ")[2] ?? 0));
    return Date.now() - Math.max(...times) > SILENT_MS ? "interrupted" : "running";
  }
}
