/** The states that a run can go back to, and when the next one is due. */
import type { Course } from "./course.ts";
import type { Work } from "./work.ts";

const EVERY_MS = 30_000;

export class RunCheckpoints {
  readonly #work: Work;
  readonly #course: Course;
  #last = performance.now();

  constructor(work: Work, course: Course) {
    this.#work = work;
    this.#course = course;
  }

  get due(): boolean {
    const { checkpointEvery } = this.#work;
    if (checkpointEvery !== undefined) return this.#course.step % checkpointEvery === 0;
    return performance.now() - this.#last > EVERY_MS;
  }

  has(step: number): boolean {
    return this.#course.sink.checkpoints.some((each) => each.step === step);
  }

  /** Keeps the present state, unless it is kept already. */
  async keep(marked: boolean): Promise<void> {
    const { step } = this.#course;
    const there = this.#course.sink.checkpoints.find((each) => each.step === step);
    if (there && (there.marked || !marked)) return;
    try {
      await this.#course.timed("checkpoints", async () =>
        this.#course.sink.checkpoint(step, await this.#work.save(), marked),
      );
    } finally {
      this.#last = performance.now();
    }
  }

  /** @throws naming the checkpoints there are, if this step has none. */
  require(step: number): void {
    if (this.has(step)) return;
    const { id, checkpoints } = this.#course.sink;
    throw new Error(
      checkpoints.length === 0
        ? `The run ${id} has no checkpoint yet. Pause it, or call run.checkpoint().`
        : `The run ${id} has no checkpoint at step ${step}, only at ${checkpoints.map((each) => each.step).join(", ")}.`,
    );
  }
}
