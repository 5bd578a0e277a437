/** The states that a run can go back to, and when the next one is due. */
import type { CheckpointKind } from "../../runs.ts";
import type { History } from "./history.ts";
import type { Training } from "./training.ts";

const DEFAULT_INTERVAL_MS = 30_000;

export class RunCheckpoints {
  readonly #training: Training;
  readonly #history: History;
  #savedAt = performance.now();

  constructor(training: Training, history: History) {
    this.#training = training;
    this.#history = history;
  }

  /** Whether the loop should save one after the present step. */
  get due(): boolean {
    const { checkpointEvery } = this.#training;
    if (checkpointEvery !== undefined) return this.#history.step % checkpointEvery === 0;
    return performance.now() - this.#savedAt > DEFAULT_INTERVAL_MS;
  }

  has(step: number): boolean {
    return this.#history.sink.checkpoints.some((each) => each.step === step);
  }

  /** Saves the present state, unless this step has such a checkpoint already. */
  async save(kind: CheckpointKind): Promise<void> {
    const { step, sink } = this.#history;
    const existing = sink.checkpoints.find((each) => each.step === step);
    const isKept = existing?.marked && !(existing.best && kind === "marked");
    if (existing && (isKept || kind === "temporary")) return;
    try {
      await this.#history.timed("checkpoints", async () => this.write(step, await this.#training.save(), kind));
    } finally {
      this.#savedAt = performance.now();
    }
  }

  /** Writes a state that is already in memory. */
  write(step: number, state: Uint8Array, kind: CheckpointKind): Promise<void> {
    return this.#history.sink.checkpoint(step, state, kind);
  }

  /** @throws naming the checkpoints that exist, if this step has none */
  require(step: number): void {
    if (this.has(step)) return;
    const { id, checkpoints } = this.#history.sink;
    throw new Error(
      checkpoints.length === 0
        ? `The run ${id} has no checkpoint yet. Pause it, or call run.checkpoint().`
        : `The run ${id} has no checkpoint at step ${step}, only at ${checkpoints.map((each) => each.step).join(", ")}.`,
    );
  }
}
