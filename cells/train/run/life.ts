/**
 * From a run's beginning to its end, which comes early by its user, by a rule, by an error, or with its cell, whose tensors
 * are then freed at once, in the middle of a step too. However it ends, what can be kept is kept, and the host is told.
 */
import { host } from "../../host.ts";
import type { RunStatus } from "../../runs.ts";
import type { Course } from "./course.ts";
import { type Origin, open } from "./origin.ts";
import type { Work } from "./work.ts";

/** What a run does while it lives. */
export type Lived = {
  /** Goes on until all steps are done, or the run is to stop. */
  steps(): Promise<void>;
  checkpoint(marked: boolean): Promise<void>;
  /** Called where there is a reason to end, in case it waits. */
  wake(): void;
};

export class Life {
  status: RunStatus = "running";
  /** The training is open, so nothing that it opens with can be set any more. */
  begun = false;
  stopped = false;
  /** What the rule said that stopped it. */
  rule: string | undefined;
  /** Its tensors are gone. */
  disposed = false;
  readonly #work: Work;
  readonly #course: Course;
  readonly #cell = host().signal;
  #parting: Promise<Uint8Array> | undefined;

  constructor(work: Work, course: Course) {
    this.#work = work;
    this.#course = course;
  }

  get cellEnded(): boolean {
    return this.disposed || this.#cell.aborted;
  }

  get stopping(): boolean {
    return this.stopped || this.#course.sink.signal.aborted || this.cellEnded;
  }

  /** The training as it is, or as it was when its cell ended. */
  state(): Promise<Uint8Array> {
    return this.#parting ?? this.#work.save();
  }

  /** @throws what made the training fail. */
  async through(run: Lived, origin: Origin | undefined): Promise<void> {
    host().onDispose(() => {
      this.#dispose();
      run.wake();
    });
    const asked = this.#course.sink.signal;
    for (const signal of [asked, this.#cell]) signal.addEventListener("abort", () => run.wake(), { once: true });
    let failure: Error | undefined;
    try {
      await open(this.#work, this.#course, origin);
      await host().breathe();
      this.begun = true;
      await run.steps();
    } catch (error) {
      // What breaks because the cell has ended and its tensors are gone is not a failure of the training.
      if (!this.stopping) failure = asError(error);
    }
    try {
      if (this.begun && !failure && !this.disposed) {
        if (!this.#course.done) await run.checkpoint(false);
        await this.#work.finish(this.#course.sink);
      }
    } catch (error) {
      if (!this.disposed) failure = asError(error);
    }
    this.#work.close();
    // A step that was under way when the cell ended may have made tensors after they were freed.
    if (this.disposed) this.#work.dispose();
    await this.#end(failure);
    if (failure) throw failure;
  }

  #dispose(): void {
    this.disposed = true;
    // For whoever goes on from this run when its tensors are gone, such as the cell's next generation.
    if (this.begun) this.#parting = this.#work.save();
    this.#parting?.catch(() => {});
    this.#work.dispose();
  }

  async #end(failure: Error | undefined): Promise<void> {
    const { step, done } = this.#course;
    const { rule } = this;
    this.status = failure ? "failed" : done ? "done" : "stopped";
    if (this.status === "stopped") this.#course.change({ kind: "stop", step, ...(rule !== undefined && { rule }) });
    else if (failure && this.begun)
      this.#course.change({ kind: "alert", step: step + 1, name: "failure", message: failure.message });
    const why = this.status === "stopped" && rule !== undefined ? `By the rule: ${rule}` : failure?.message;
    await this.#course.sink.end(this.status, why);
  }
}

function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}
