/**
 * The runs of a record while they go on: their tables grow with the session's state, a line a row, and their checkpoints are copied
 * before the run deletes them. After a rewind the tables are written again.
 */
import { appendFileSync, mkdirSync } from "node:fs";
import { copyFile, readFile, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { SessionEvent } from "../events.ts";
import { RUN_HOLDER } from "../session/holder.ts";
import { makeFolder, writeSafely, writeSafelySync } from "../session/write-file.ts";
import type { RunState, SessionState } from "../state/state.ts";
import { type RecordedRunInfo, runFolderOf } from "./record.ts";
import { type Redaction, redacted, redactedValue } from "./redaction.ts";
import { filesBelow } from "./used-files.ts";

/** Bytes of checkpoints that are kept of a run. */
const MOST_OF_CHECKPOINTS = 256 * 2 ** 20;
const TABLES = { rows: "rows", probes: "probes", changes: "events" } as const;
type Table = keyof typeof TABLES;
/** Files of a run that are text. */
const TEXT = /\.(jsonl?|txt|md|jinja)$/;

type Written = {
  readonly lines: Record<Table, number>;
  /** The runs that had ended when it started. */
  readonly after: readonly string[];
  readonly checkpoints: Map<number, number>;
};

export class RecordedRuns {
  readonly #workspace: string;
  readonly #record: string;
  readonly #written = new Map<string, Written>();
  /** One copy after the other. */
  #copying: Promise<void> = Promise.resolve();

  constructor(workspace: string, record: string) {
    this.#workspace = workspace;
    this.#record = record;
  }

  /** @returns whether `record.json` changes with it */
  follow(event: SessionEvent, state: SessionState, redaction: Redaction): boolean {
    switch (event.type) {
      case "run-started": {
        const run = state.runs[event.run.id];
        if (run) this.#write(this.#begun(run, state), run, redaction);
        return true;
      }
      case "run-rows":
      case "run-changed":
      case "run-ended":
      case "run-prepared": {
        const [run, written] = [state.runs[event.run], this.#written.get(event.run)];
        if (run && written) this.#write(written, run, redaction);
        return event.type !== "run-rows";
      }
      case "run-rewound": {
        const [run, written] = [state.runs[event.run], this.#written.get(event.run)];
        if (run && written) this.#rewrite(written, run, event.change.to, redaction);
        return true;
      }
      case "run-checkpoints": {
        const run = state.runs[event.run];
        if (run) for (const { step } of event.checkpoints) this.#keep(run, step);
        return true;
      }
      default:
        return false;
    }
  }

  /** Takes the present runs as they are, where nobody followed them. */
  async take(state: SessionState, redaction: Redaction): Promise<void> {
    const present = Object.values(state.runs).filter(({ info }) => this.#isPresent(info, state));
    const times = new Map<string, Times>();
    for (const { info } of present) times.set(info.id, await timesOf(join(this.#workspace, info.folder)));
    for (const run of present) {
      const { started } = times.get(run.info.id)!;
      const after = present.map(({ info }) => info.id).filter((id) => times.get(id)!.ended <= started);
      this.#write(this.#begun(run, state, after), run, redaction);
      for (const { step } of run.checkpoints) this.#keep(run, step);
    }
  }

  /** The runs of the cells' present generations. */
  describe(state: SessionState, redaction: Redaction): RecordedRunInfo[] {
    const present = Object.values(state.runs).filter(({ info }) => this.#isPresent(info, state));
    return present.map((run) => {
      const { id, cell, method, steps, config, knobs, parent } = run.info;
      const written = this.#written.get(id);
      const checkpoints = [...(written?.checkpoints.keys() ?? [])].sort((a, b) => a - b);
      const { status, message, changes } = run;
      return redactedValue(
        {
          id,
          cell,
          nth: Math.max(0, present.filter(({ info }) => info.cell === cell && !info.parent?.asked).indexOf(run)),
          method,
          steps,
          status,
          ...(message !== undefined && { message }),
          config: config as Record<string, unknown>,
          knobs: knobs as RecordedRunInfo["knobs"],
          changes: [...changes],
          ...(parent && { parent }),
          after: [...(written?.after ?? [])],
          checkpoints,
        },
        redaction,
      );
    });
  }

  /** When all runs have ended: adds what they wrote besides their tables, and removes runs that later ones replaced. */
  async finish(state: SessionState, redaction: Redaction): Promise<void> {
    await this.#copying;
    for (const id of this.#written.keys()) {
      const run = state.runs[id];
      if (!run || !this.#isPresent(run.info, state)) {
        await rm(join(this.#record, runFolderOf(id)), { recursive: true, force: true });
        continue;
      }
      const from = join(this.#workspace, run.info.folder);
      for (const path of await filesBelow(from)) {
        const to = join(this.#record, runFolderOf(id), path);
        const table = path.endsWith(".jsonl") && !path.includes("/");
        if (table || path.startsWith("checkpoints/") || path === RUN_HOLDER) continue;
        await makeFolder(dirname(to));
        if (!TEXT.test(path)) await copyFile(join(from, path), to);
        // Such as the adapter's description, which names the place of its base.
        else await writeSafely(to, redacted(await readFile(join(from, path), "utf8"), redaction));
      }
    }
  }

  #isPresent({ cell, generation }: RunState["info"], { cells, places }: SessionState): boolean {
    const place = places.get(cell);
    return place !== undefined && cells[place]?.generation === generation;
  }

  #begun(run: RunState, state: SessionState, after = endedBefore(run, state)): Written {
    const { id } = run.info;
    const known = this.#written.get(id);
    if (known) return known;
    const lines = { rows: 0, probes: 0, changes: 0 };
    const written = { lines, after, checkpoints: new Map<number, number>() };
    this.#written.set(id, written);
    mkdirSync(join(this.#record, runFolderOf(id)), { recursive: true, mode: 0o700 });
    for (const table of Object.values(TABLES)) appendFileSync(this.#path(id, table), "", { mode: 0o600 });
    return written;
  }

  /** Appends what is new. The system has it at once, so nothing is lost if this process is killed. */
  #write({ lines }: Written, run: RunState, redaction: Redaction): void {
    for (const table of Object.keys(TABLES) as Table[]) {
      const fresh = run[table].slice(lines[table]);
      if (fresh.length === 0) continue;
      appendFileSync(this.#path(run.info.id, TABLES[table]), asLines(fresh, table, redaction));
      lines[table] += fresh.length;
    }
  }

  #rewrite(written: Written, run: RunState, to: number, redaction: Redaction): void {
    const { id } = run.info;
    for (const table of Object.keys(TABLES) as Table[]) {
      writeSafelySync(this.#path(id, TABLES[table]), asLines(run[table], table, redaction));
      written.lines[table] = run[table].length;
    }
    const dropped = [...written.checkpoints.keys()].filter((step) => step > to);
    for (const step of dropped) written.checkpoints.delete(step);
    this.#then(async () => {
      for (const step of dropped) await rm(this.#checkpoint(id, step), { force: true });
    });
  }

  #keep({ info }: RunState, step: number): void {
    const written = this.#written.get(info.id);
    if (!written || written.checkpoints.has(step)) return;
    written.checkpoints.set(step, 0);
    this.#then(async () => {
      const from = join(this.#workspace, info.folder, "checkpoints", `${step}.safetensors`);
      const size = (await stat(from).catch(() => undefined))?.size;
      const kept = [...written.checkpoints.values()].reduce((sum, bytes) => sum + bytes, 0);
      if (size === undefined || kept + size > MOST_OF_CHECKPOINTS || !written.checkpoints.has(step))
        return void written.checkpoints.delete(step);
      const to = this.#checkpoint(info.id, step);
      await makeFolder(dirname(to));
      await copyFile(from, to).then(
        () => written.checkpoints.set(step, size),
        () => written.checkpoints.delete(step),
      );
    });
  }

  #then(work: () => Promise<void>): void {
    this.#copying = this.#copying.then(work).catch(() => undefined);
  }

  #path(id: string, table: string): string {
    return join(this.#record, runFolderOf(id), `${table}.jsonl`);
  }

  #checkpoint(id: string, step: number): string {
    return join(this.#record, runFolderOf(id), "checkpoints", `${step}.safetensors`);
  }
}

function endedBefore({ info }: RunState, { runs }: SessionState): readonly string[] {
  return Object.values(runs).flatMap((each) =>
    each.status === "running" || each.info.id === info.id ? [] : [each.info.id],
  );
}

/** In milliseconds since 1970; a run without an end has not ended yet. */
type Times = { readonly started: number; readonly ended: number };

async function timesOf(folder: string): Promise<Times> {
  try {
    const { started, ended } = JSON.parse(await readFile(join(folder, "run.json"), "utf8"));
    return { started: Date.parse(started), ended: Date.parse(ended ?? "") || Number.POSITIVE_INFINITY };
  } catch {
    return { started: 0, ended: Number.POSITIVE_INFINITY };
  }
}

/** Only changes hold texts. */
function asLines(records: readonly object[], table: Table, redaction: Redaction): string {
  const shown = table === "changes" ? redactedValue(records, redaction) : records;
  return shown.map((each) => `${JSON.stringify(each)}\n`).join("");
}
