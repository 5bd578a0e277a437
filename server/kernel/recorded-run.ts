/**
 * A run, recorded: everything that a training reports goes into the run's folder and to the session. If it continues a run
 * that was cut off when a kernel ended, it has that run's name and folder.
 */
import { relative } from "node:path";
import type {
  CheckpointKind,
  ResumePoint,
  RunAccount,
  RunChange,
  RunCheckpoint,
  RunMeta,
  RunOrder,
  RunSink,
  RunStatus,
  TestAnswers,
} from "../../cells/runs.ts";
import type { ProbeRow, Row } from "../../cells/types.ts";
import type { FromKernel, ReplayedRun } from "../messages.ts";
import { withoutOldest } from "./checkpoint-files.ts";
import { continuedRun } from "./continued-run.ts";
import { current, type Generation } from "./generation.ts";
import type { Outcome } from "./life.ts";
import type { OpenRun } from "./open-runs.ts";
import { type RunAlert, runDescription } from "./run-description.ts";
import { RUNS, RunFolder } from "./run-folder.ts";

type Ended = Exclude<RunStatus, "running">;
/** Absolute paths. */
export type RunPlace = {
  readonly workspace: string;
  readonly notebook: string;
  readonly seed: number;
  /** The runs of a record that is verified. */
  readonly replay: readonly ReplayedRun[];
};

const ROWS_IN_MESSAGE = 2_000;

export class RecordedRun implements RunSink, OpenRun {
  readonly id: string;
  readonly signal: AbortSignal;
  readonly resumeFrom?: ResumePoint;
  readonly replay?: ReplayedRun;
  #meta: RunMeta;
  readonly #onOrder: (order: RunOrder) => void;
  readonly #generation: Generation;
  readonly #place: RunPlace;
  readonly #folder: RunFolder;
  readonly #send: (message: FromKernel) => void;
  readonly #started: Date;
  /** How many records the session has been sent. */
  readonly #sent = { rows: 0, probes: 0 };
  readonly #seconds: Record<RunAccount, number> = { steps: 0, probes: 0, checkpoints: 0 };
  #checkpoints: readonly RunCheckpoint[] = [];
  #prepared: readonly string[] = [];
  #alerts: readonly RunAlert[] = [];
  /** The last write of the folder; the next one waits for it. */
  #writing: Promise<unknown> = Promise.resolve();
  #ending: Promise<void> | undefined;

  constructor(
    meta: RunMeta,
    onOrder: (order: RunOrder) => void,
    generation: Generation,
    place: RunPlace,
    send: (message: FromKernel) => void,
  ) {
    this.#onOrder = onOrder;
    this.#generation = generation;
    this.#place = place;
    this.#send = send;
    this.signal = generation.signal;
    const replay = place.replay.find((run) => run.cell === generation.cell && run.nth === generation.runCount);
    if (replay) this.replay = replay;
    const continued = continuedRun(meta, generation, place.workspace);
    this.#meta = continued ? { ...meta, knobs: continued.past.knobs } : meta;
    this.#started = continued?.started ?? new Date();
    this.#folder = continued?.folder ?? RunFolder.make(place.workspace, meta.method, this.#started);
    this.id = this.#folder.id;
    if (continued) {
      const { past } = continued;
      this.resumeFrom = past;
      this.#checkpoints = continued.checkpoints;
      this.#alerts = past.changes.filter((each) => each.kind === "alert");
      Object.assign(this.#seconds, continued.seconds);
      Object.assign(this.#sent, { rows: past.rows.length, probes: past.probes.length });
    }
    this.#folder.holdSync();
    this.#folder.describeSync(this.#description("running"));
    this.#sendStart();
    generation.addRun(this);
  }

  get checkpoints(): readonly RunCheckpoint[] {
    return this.#checkpoints;
  }

  /** Hands an order to the training, in the context of its cell. If it cannot be carried out, the cell's console says why. */
  steer(order: RunOrder): void {
    if (this.#generation.ended) return;
    current.run(this.#generation, () => {
      try {
        this.#onOrder(order);
      } catch (error) {
        this.#generation.log("error", error instanceof Error ? error.message : String(error));
      }
    });
  }

  row(row: Row): void {
    if (this.#ending) return;
    this.#folder.tables.append("rows", row);
    this.#send({ type: "run-rows", run: this.id, table: "rows", from: this.#sent.rows++, rows: [row] });
  }

  probe(row: ProbeRow): void {
    if (this.#ending) return;
    this.#folder.tables.append("probes", row);
    this.#send({ type: "run-rows", run: this.id, table: "probes", from: this.#sent.probes++, rows: [row] });
  }

  change(change: RunChange): void {
    if (this.#ending) return;
    this.#folder.tables.append("events", change);
    if (change.kind === "alert") this.#alerts = [...this.#alerts, change];
    this.#send({ type: "run-changed", run: this.id, change });
  }

  phase(label: string, done: number, total: number): void {
    if (!this.#ending) this.#send({ type: "run-phase", run: this.id, label, done, total });
  }

  prepared(config: RunMeta["config"], steps: number): void {
    if (this.#ending) return;
    this.#prepared = Object.keys(config).filter((key) => !Object.hasOwn(this.#meta.config, key));
    this.#meta = { ...this.#meta, steps, config: { ...this.#meta.config, ...config } };
    this.#folder.describeSync(this.#description("running"));
    this.#send({ type: "run-prepared", run: this.id, steps, config: this.#meta.config });
  }

  spent(account: RunAccount, seconds: number): void {
    this.#seconds[account] += seconds;
  }

  checkpoint(step: number, state: Uint8Array, kind: CheckpointKind): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#ending) return;
      await this.#folder.writeCheckpoint(step, state);
      const others = this.#checkpoints.filter((each) => each.step !== step);
      const made = { step, marked: kind !== "temporary", ...(kind === "best" && { best: true as const }) };
      await this.#setCheckpoints([...others, made].sort((a, b) => a.step - b.step));
    });
  }

  keepBest(steps: readonly number[]): Promise<void> {
    return this.#inTurn(async () => {
      const released = ({ step, best }: RunCheckpoint): boolean => best === true && !steps.includes(step);
      if (this.#ending || !this.#checkpoints.some(released)) return;
      await this.#setCheckpoints(
        this.#checkpoints.map((each) => (released(each) ? { step: each.step, marked: false } : each)),
      );
    });
  }

  /** A file is deleted only when run.json does not list it any more. */
  async #setCheckpoints(all: readonly RunCheckpoint[]): Promise<void> {
    this.#checkpoints = withoutOldest(all);
    await this.#folder.describe(this.#description("running"));
    await this.#folder.checkpoints.remove(all.filter((each) => !this.#checkpoints.includes(each)));
    this.#sendCheckpoints();
  }

  state(step: number): Promise<Uint8Array> {
    return this.#folder.checkpoints.read(step);
  }

  rewind(change: Extract<RunChange, { kind: "rewind" }>): void {
    if (this.#ending) return;
    const { to } = change;
    const removed = this.#checkpoints.filter(({ step }) => step > to);
    this.#checkpoints = this.#checkpoints.filter(({ step }) => step <= to);
    this.#alerts = this.#alerts.filter(({ step }) => step <= to);
    this.#folder.describeSync(this.#description("running"));
    this.#folder.checkpoints.removeSync(removed);
    const left = this.#folder.tables.cut(to, change);
    Object.assign(this.#sent, { rows: left.rows.length, probes: left.probes.length });
    this.#send({ type: "run-rewound", run: this.id, change });
    this.#sendCheckpoints();
  }

  async file(path: string, data: Uint8Array | string): Promise<void> {
    if (!this.#ending) await this.#folder.write(path, data);
  }

  answers(step: number, tests: readonly TestAnswers[]): Promise<void> {
    return this.#inTurn(() => this.#folder.writeAnswers(step, tests));
  }

  end(status: Ended, message?: string): Promise<void> {
    this.#ending ??= this.#inTurn(() => this.#end(status, message));
    return this.#ending;
  }

  async #end(asked: Ended, reason?: string): Promise<void> {
    let [status, message] = [asked, reason];
    try {
      // Both at once: each wait is a turn of the event loop, which cells may keep busy. And both to their end, before the tables close.
      const written = [this.#folder.describe(this.#description(status, message)), this.#folder.tables.sync()];
      for (const result of await Promise.allSettled(written)) if (result.status === "rejected") throw result.reason;
      this.#folder.releaseSync();
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      [status, message] = ["failed", message ?? `The run's record could not be written: ${why}`];
    } finally {
      this.#folder.tables.close();
    }
    this.#send({ type: "run-ended", run: this.id, status, ...(message !== undefined && { message }) });
    this.#generation.runEnded(this, this.#outcome(status, message));
  }

  #outcome(status: Ended, message = `The run ${this.id} failed.`): Outcome {
    return status === "failed" ? { status, error: { kind: "runtime", message } } : { status };
  }

  /** Writes of the folder follow each other. */
  #inTurn(write: () => Promise<void>): Promise<void> {
    const written = this.#writing.then(write);
    this.#writing = written.catch(() => undefined);
    return written;
  }

  #sendStart(): void {
    const { id } = this;
    const { cell, number, snapshot } = this.#generation;
    const { method, steps, config, knobs = {}, parent } = this.#meta;
    const run = { id, cell, generation: number, snapshot, method, steps, config, knobs, folder: `${RUNS}/${id}` };
    this.#send({ type: "run-started", run: { ...run, ...(parent && { parent }) } });
    if (!this.resumeFrom) return;
    const restart = this.resumeFrom.changes.at(-1);
    if (restart?.kind === "restart") this.#send({ type: "run-rewound", run: id, change: restart });
    this.#sendAgain("rows", this.resumeFrom.rows);
    this.#sendAgain("probes", this.resumeFrom.probes);
    this.#sendCheckpoints();
  }

  /** The session skips rows that it has. It lacks the last ones if the server was killed before it had logged them. */
  #sendAgain<T extends "rows" | "probes">(table: T, rows: ResumePoint[T]): void {
    for (let from = 0; from < rows.length; from += ROWS_IN_MESSAGE) {
      const some = rows.slice(from, from + ROWS_IN_MESSAGE);
      this.#send({ type: "run-rows", run: this.id, table, from, rows: some } as FromKernel);
    }
  }

  #sendCheckpoints(): void {
    this.#send({ type: "run-checkpoints", run: this.id, checkpoints: this.#checkpoints });
  }

  #description(status: RunStatus, message?: string): object {
    const { cell, snapshot } = this.#generation;
    const notebook = relative(this.#place.workspace, this.#place.notebook);
    const recorded = { started: this.#started, seconds: this.#seconds, checkpoints: this.#checkpoints };
    const facts = {
      id: this.id,
      notebook,
      cell,
      snapshot,
      seed: this.#place.seed,
      meta: this.#meta,
      prepared: this.#prepared,
      alerts: this.#alerts,
      ...recorded,
    };
    return runDescription(facts, status, message);
  }
}
