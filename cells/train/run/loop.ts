/**
 * The life of a run: begin, resume or fork; then for each step obey orders, train, record, measure, check the rules and
 * save a checkpoint; at the end save the result and tell the host.
 *
 * Orders come from code, from the page, from a stop rule, from a replayed record and from the end of the cell. All of
 * them wait in one queue, which is emptied before each step. So there is one way to pause a run, to rewind it and to
 * stop it.
 */
import { host } from "../../host.ts";
import type { CheckpointKind, RunChange, RunStatus } from "../../runs.ts";
import type { Row } from "../../types.ts";
import { BestMeasurements, inFolder } from "./best.ts";
import { RunCheckpoints } from "./checkpoints.ts";
import { FirstPhase } from "./first-phase.ts";
import type { ForkPoint } from "./fork-point.ts";
import type { History } from "./history.ts";
import { withKeptAnswers } from "./kept-answers.ts";
import { type LoopOrder, OrderQueue, type StopOrder } from "./orders.ts";
import { Pauses } from "./pauses.ts";
import type { Training } from "./training.ts";

type Outcome =
  | { readonly status: "done" }
  | { readonly status: "stopped"; readonly rule: string | undefined }
  | { readonly status: "failed"; readonly error: Error };

export class Loop {
  status: RunStatus = "running";
  /** Whether the first step can follow. From then on the run's settings are fixed. */
  begun = false;
  /** The changes of a record that this run replays. */
  replayed: readonly RunChange[] = [];
  readonly orders = new OrderQueue();
  readonly checkpoints: RunCheckpoints;
  readonly best: BestMeasurements;
  readonly #training: Training;
  readonly #history: History;
  readonly #cell = host().signal;
  readonly #pauses: Pauses;
  /** The cell has ended, and the training's tensors with it. */
  #freed = false;
  #stateWhenFreed: Promise<Uint8Array> | undefined;

  constructor(training: Training, history: History) {
    this.#training = training;
    this.#history = history;
    this.#pauses = new Pauses(history);
    this.best = new BestMeasurements(history.probes.table);
    this.checkpoints = new RunCheckpoints(training, history);
  }

  /** From beginning to end. @throws what made the training fail */
  async run(fork: ForkPoint | undefined): Promise<void> {
    this.#stopWhenCellEnds();
    let failure: Error | undefined;
    try {
      if ((await this.#begin(fork)) === "ready") await this.#steps();
    } catch (error) {
      // An error that follows from the end of the cell, such as a freed tensor, is not a failure of the training.
      if (!this.cellEnded) failure = asError(error);
    }
    try {
      if (this.begun && !this.#freed && !(failure && this.#history.step === 0)) await this.#saveResult();
    } catch (error) {
      // The first failure is the one to report.
      if (!this.#freed) failure ??= asError(error);
    }
    this.#training.close();
    // A step that was running when the cell ended may have made tensors after the others were freed.
    if (this.#freed) this.#training.dispose();
    await this.#end(this.#outcome(failure));
    if (failure) throw failure;
  }

  get cellEnded(): boolean {
    return this.#freed || this.#cell.aborted;
  }

  /** The state after the last step; of a run whose cell has ended, the state at that moment. */
  state(): Promise<Uint8Array> {
    return this.#stateWhenFreed ?? this.#training.save();
  }

  /**
   * Begins at step 0, or resumes after the end of a kernel, or takes over the history and the state of the forked run.
   * First it prepares the training.
   */
  async #begin(fork: ForkPoint | undefined): Promise<"ready" | "stopped"> {
    const history = this.#history;
    const { sink } = history;
    if (sink.resumeFrom) history.resume(sink.resumeFrom);
    const phase = new FirstPhase(history, this.orders, this.#pauses);
    if ((await phase.run(this.#training)) === "stopped") return "stopped";
    if (sink.resumeFrom) {
      await this.#training.restore(await sink.state(sink.resumeFrom.step));
    } else if (fork) {
      const { step } = fork.shared;
      history.copy(fork.shared);
      const state = await fork.state;
      await this.#training.restore(state);
      await this.checkpoints.write(step, state, "marked");
      history.addChange({ kind: "fork", step, parent: fork.parent });
    } else for (const row of await this.#training.begin()) history.addRow(row);
    for (const alert of phase.alerts) history.addAlertOnce(alert);
    await host().breathe();
    this.begun = true;
    return "ready";
  }

  async #steps(): Promise<void> {
    const history = this.#history;
    await this.#measure();
    while (!history.complete) {
      await host().breathe();
      this.#replayChanges();
      if ((await this.#obeyOrders()) === "stop") return;
      const row = await this.#step(history.step + 1);
      history.addRow(row);
      await this.#measure();
      this.#checkRules(row);
      if (!history.complete && !this.orders.stopping && this.checkpoints.due) await this.#checkpoint("temporary");
    }
  }

  /** Obeys every order since the last step, in sequence, and waits while the run is paused. */
  async #obeyOrders(): Promise<"step" | "stop"> {
    const pauses = this.#pauses;
    for (;;) {
      const order = this.orders.next();
      if (order?.type === "stop") return "stop";
      if (order) await this.#obey(order);
      else if (pauses.mayGoOn) {
        pauses.stepBegins();
        return "step";
      } else if (!pauses.waiting) await pauses.begin(() => this.#checkpoint("temporary"));
      else await this.orders.arrival();
    }
  }

  async #obey(order: Exclude<LoopOrder, StopOrder>): Promise<void> {
    switch (order.type) {
      case "pause":
      case "resume":
      case "step":
        return this.#pauses.obey(order);
      case "checkpoint":
        return this.#checkpoint("marked");
      case "rewind":
        this.#pauses.rewound();
        return this.#rewind(order.to);
    }
  }

  async #step(step: number): Promise<Row> {
    const { knobs, sink } = this.#history;
    for (const [name, value] of knobs.update()) this.#history.addChange({ kind: "knob", step, name, value });
    const started = performance.now();
    try {
      const { tokens, columns } = await this.#training.step(step, knobs.read);
      const seconds = (performance.now() - started) / 1000;
      sink.spent("steps", seconds);
      return { ...columns, tokensPerSecond: tokens / seconds, step };
    } catch (error) {
      const why = error instanceof Error ? error.message : error;
      throw new Error(`The training failed at step ${step}: ${why}`, { cause: error });
    }
  }

  /** Measures the probes that are due: before the first step, every so many steps, and after the last one. */
  async #measure(): Promise<void> {
    const history = this.#history;
    const due = history.dueProbes();
    if (due.length === 0) return;
    const measures: Record<string, number> = {};
    const model = withKeptAnswers(this.#training.model, history);
    for (const probe of due) {
      if (this.orders.stopping) return;
      try {
        Object.assign(measures, await history.timed("probes", () => probe.measure(model, this.#training.task)));
      } catch (error) {
        if (this.cellEnded) throw error;
        // A probe only reads, so the training is not affected: its measures are missing in this row.
        const message = `The probe failed and was skipped: ${asError(error).message}`;
        history.addChange({ kind: "alert", step: history.step, name: probe.name, message });
      }
    }
    history.addProbes({ ...measures, step: history.step });
    await this.#keepBest();
  }

  /** Keeps the present state if it is the best by a column that the run was asked to watch. */
  async #keepBest(): Promise<void> {
    const { step, sink } = this.#history;
    if (this.cellEnded) return;
    const improved = this.best.at(step);
    if (improved.length === 0) return;
    try {
      // Before the checkpoint: a run that goes on from it does not measure again.
      for (const { folder } of improved) if (!this.cellEnded) await this.#training.finish(inFolder(sink, folder));
    } catch (error) {
      const message = `The best weights could not be written: ${asError(error).message}`;
      if (!this.cellEnded) this.#history.addChange({ kind: "alert", step, name: "best", message });
    }
    await this.#checkpoint("best");
    // The best one so far stays as long as the new one could not be written.
    if (this.checkpoints.has(step) && !this.cellEnded) await sink.keepBest(this.best.steps);
  }

  #checkRules(row: Row): void {
    const { alerts, stop } = this.#history.rules.check(row);
    for (const alert of alerts) this.#history.addChange({ kind: "alert", step: row.step, ...alert });
    if (stop !== undefined) this.orders.add({ type: "stop", rule: stop });
  }

  async #checkpoint(kind: CheckpointKind): Promise<void> {
    try {
      await this.checkpoints.save(kind);
    } catch (error) {
      // A full disk must not end the training.
      const message = `The checkpoint could not be written: ${asError(error).message}`;
      const { step } = this.#history;
      if (!this.#freed) this.#history.addChange({ kind: "alert", step, name: "checkpoint", message });
    }
  }

  async #rewind(to: number): Promise<void> {
    if (to === this.#history.step || !this.checkpoints.has(to)) return;
    await this.#training.restore(await this.#history.sink.state(to));
    this.#history.rewind(to);
  }

  /** Repeats what was recorded at this step. A replay does not wait at a pause, and a record holds no dropped steps. */
  #replayChanges(): void {
    const { step, knobs } = this.#history;
    for (const change of this.replayed) {
      if (change.kind === "knob" && change.step === step + 1) knobs.override({ [change.name]: change.value });
      if (change.step !== step) continue;
      if (change.kind === "pause" || change.kind === "resume") this.#history.addChange(change);
      if (change.kind === "stop") this.orders.add({ type: "stop", rule: change.rule });
    }
  }

  #stopWhenCellEnds(): void {
    const stop = (): void => this.orders.replaceByStop();
    host().onDispose(() => {
      this.#free();
      stop();
    });
    for (const signal of [this.#history.sink.signal, this.#cell]) {
      if (signal.aborted) stop();
      else signal.addEventListener("abort", stop, { once: true });
    }
  }

  /** Frees the tensors, in the middle of a step too. The state stays for a training that continues from this run. */
  #free(): void {
    this.#freed = true;
    if (this.begun) this.#stateWhenFreed = this.#training.save();
    this.#stateWhenFreed?.catch(() => {});
    this.#training.dispose();
  }

  /** A step that fails changes nothing, so after a failure this is the result of the last step that was done. */
  async #saveResult(): Promise<void> {
    if (!this.#history.complete) await this.#checkpoint("temporary");
    await this.#training.finish(this.#history.sink);
  }

  #outcome(error: Error | undefined): Outcome {
    if (error) return { status: "failed", error };
    return this.#history.complete ? { status: "done" } : { status: "stopped", rule: this.orders.stop?.rule };
  }

  async #end(outcome: Outcome): Promise<void> {
    const history = this.#history;
    const { sink, step } = history;
    this.status = outcome.status;
    switch (outcome.status) {
      case "done":
        return sink.end("done");
      case "stopped": {
        const { rule } = outcome;
        history.addChange({ kind: "stop", step, ...(rule !== undefined && { rule }) });
        return sink.end("stopped", rule === undefined ? undefined : `Stopped by a rule: ${rule}`);
      }
      case "failed": {
        const { message } = outcome.error;
        if (this.begun) history.addChange({ kind: "alert", step: step + 1, name: "failure", message });
        return sink.end("failed", message);
      }
    }
  }
}

function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}
