/**
 * A run as the kernel keeps and tells it: into its folder, and to the session. Where it goes on with one that the end
 * of a kernel cut off, it has that run's name and folder.
 */
import { relative } from "node:path";
import type {
  ResumePoint,
  RunAccount,
  RunChange,
  RunCheckpoint,
  RunMeta,
  RunOrder,
  RunSink,
  RunStatus,
} from "../../cells/runs.ts";
import type { ProbeRow, Row } from "../../cells/types.ts";
import type { FromKernel } from "../messages.ts";
import { cutOffRun } from "./cut-off-run.ts";
import { current, type Generation, type OpenRun } from "./generation.ts";
import { RUNS, RunFolder, thinned } from "./run-folder.ts";

type Ended = Exclude<RunStatus, "running">;
export type RunPlace = { readonly workspace: string; readonly notebook: string; readonly seed: number };

export class RecordedRun implements RunSink, OpenRun {
  readonly id: string;
  readonly signal: AbortSignal;
  readonly resumeFrom?: ResumePoint;
  readonly #meta: RunMeta;
  readonly #obey: (order: RunOrder) => void;
  readonly #generation: Generation;
  readonly #place: RunPlace;
  readonly #folder: RunFolder;
  readonly #say: (message: FromKernel) => void;
  readonly #started: Date;
  readonly #told = { rows: 0, probes: 0 };
  readonly #seconds: Record<RunAccount, number> = { steps: 0, probes: 0, checkpoints: 0 };
  #checkpoints: readonly RunCheckpoint[] = [];
  #writing: Promise<unknown> = Promise.resolve();
  #ending: Promise<void> | undefined;

  constructor(
    meta: RunMeta,
    obey: (order: RunOrder) => void,
    generation: Generation,
    place: RunPlace,
    say: (message: FromKernel) => void,
  ) {
    this.#obey = obey;
    this.#generation = generation;
    this.#place = place;
    this.#say = say;
    this.signal = generation.signal;
    const old = cutOffRun(meta, generation, place.workspace);
    this.#meta = old ? { ...meta, knobs: old.past.knobs } : meta;
    this.#started = old?.started ?? new Date();
    const made = old ?? RunFolder.make(place.workspace, meta.method, this.#started);
    this.id = made.id;
    this.#folder = made.folder;
    if (old) {
      this.resumeFrom = old.past;
      this.#checkpoints = old.checkpoints;
      Object.assign(this.#seconds, old.seconds);
      Object.assign(this.#told, { rows: old.past.rows.length, probes: old.past.probes.length });
    }
    this.#folder.describeAtOnce(this.#description("running"));
    const { cell, number, snapshot } = generation;
    const { method, steps, config, parent } = meta;
    const about = { id: this.id, cell, generation: number, snapshot, method, steps, config };
    const folder = `${RUNS}/${this.id}`;
    const knobs = this.#meta.knobs ?? {};
    say({ type: "run-started", run: { ...about, knobs, folder, ...(parent && { parent }) } });
    if (old) {
      const restart = old.past.changes.at(-1)!;
      if (restart.kind === "restart") say({ type: "run-rewound", run: this.id, change: restart });
      say({ type: "run-checkpoints", run: this.id, checkpoints: this.#checkpoints });
    }
    generation.began(this);
  }

  get checkpoints(): readonly RunCheckpoint[] {
    return this.#checkpoints;
  }

  /** Hands an order to the training, in the context of its cell. What it cannot do is told on the cell's console. */
  steer(order: RunOrder): void {
    if (this.#generation.ended) return;
    current.run(this.#generation, () => {
      try {
        this.#obey(order);
      } catch (error) {
        this.#generation.log("error", error instanceof Error ? error.message : String(error));
      }
    });
  }

  row(row: Row): void {
    if (this.#ending) return;
    this.#folder.append("rows", row);
    this.#say({ type: "run-rows", run: this.id, table: "rows", from: this.#told.rows++, rows: [row] });
  }

  probe(row: ProbeRow): void {
    if (this.#ending) return;
    this.#folder.append("probes", row);
    this.#say({ type: "run-rows", run: this.id, table: "probes", from: this.#told.probes++, rows: [row] });
  }

  change(change: RunChange): void {
    if (this.#ending) return;
    this.#folder.append("events", change);
    this.#say({ type: "run-changed", run: this.id, change });
  }

  spent(account: RunAccount, seconds: number): void {
    this.#seconds[account] += seconds;
  }

  checkpoint(step: number, state: Uint8Array, marked: boolean): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#ending) return;
      await this.#folder.writeState(step, state);
      const others = this.#checkpoints.filter((each) => each.step !== step);
      const all = [...others, { step, marked }].sort((a, b) => a.step - b.step);
      this.#checkpoints = thinned(all);
      await this.#folder.describe(this.#description("running"));
      const gone = all.filter((each) => !this.#checkpoints.includes(each));
      await this.#folder.removeStates(gone.map((each) => each.step));
      this.#say({ type: "run-checkpoints", run: this.id, checkpoints: this.#checkpoints });
    });
  }

  state(step: number): Promise<Uint8Array> {
    return this.#folder.readState(step);
  }

  rewind(change: Extract<RunChange, { kind: "rewind" }>): void {
    if (this.#ending) return;
    const { to } = change;
    const gone = this.#checkpoints.filter(({ step }) => step > to);
    this.#checkpoints = this.#checkpoints.filter(({ step }) => step <= to);
    this.#folder.describeAtOnce(this.#description("running"));
    this.#folder.removeStatesAtOnce(gone.map(({ step }) => step));
    const kept = this.#folder.cut(to, change);
    Object.assign(this.#told, { rows: kept.rows.length, probes: kept.probes.length });
    this.#say({ type: "run-rewound", run: this.id, change });
    this.#say({ type: "run-checkpoints", run: this.id, checkpoints: this.#checkpoints });
  }

  async file(path: string, data: Uint8Array | string): Promise<void> {
    if (!this.#ending) await this.#folder.write(path, data);
  }

  end(status: Ended, message?: string): Promise<void> {
    this.#ending ??= this.#inTurn(() => this.#end(status, message));
    return this.#ending;
  }

  async #end(status: Ended, message?: string): Promise<void> {
    let outcome = { status, message };
    try {
      await this.#folder.describe(this.#description(status, message));
      await this.#folder.sync();
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      outcome = { status: "failed", message: message ?? `The run's record could not be written: ${why}` };
    } finally {
      this.#folder.close();
    }
    const told = outcome.message === undefined ? {} : { message: outcome.message };
    this.#say({ type: "run-ended", run: this.id, status: outcome.status, ...told });
    this.#generation.over(this, outcome.status, outcome.message);
  }

  /** One write of the folder after the other. */
  #inTurn(write: () => Promise<void>): Promise<void> {
    const written = this.#writing.then(write);
    this.#writing = written.catch(() => undefined);
    return written;
  }

  #description(status: RunStatus, message?: string): object {
    const { method, steps, config, knobs = {}, parent } = this.#meta;
    const { workspace, seed } = this.#place;
    const { cell, snapshot } = this.#generation;
    const rounded = Object.entries(this.#seconds).map(([account, s]) => [account, Math.round(s * 1000) / 1000]);
    return {
      id: this.id,
      notebook: relative(workspace, this.#place.notebook),
      cell,
      snapshot,
      method,
      steps,
      seed,
      config,
      knobs,
      ...(parent && { parent }),
      status,
      started: this.#started.toISOString(),
      ...(status !== "running" && { ended: new Date().toISOString() }),
      seconds: Object.fromEntries(rounded),
      checkpoints: this.#checkpoints,
      ...(message && { message }),
    };
  }
}
