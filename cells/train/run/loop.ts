/**
 * The loop of a run. Before each step it gives way to other work and obeys what was asked meanwhile; behind it come probes,
 * rules and checkpoints, which only look.
 */
import { host } from "../../host.ts";
import type { RunChange } from "../../runs.ts";
import type { Row } from "../../types.ts";
import type { Course } from "./course.ts";
import { Life, type Lived } from "./life.ts";
import { RunCheckpoints } from "./run-checkpoints.ts";
import { type Steered, Steering } from "./steering.ts";
import type { Work } from "./work.ts";

export class Loop implements Lived, Steered {
  readonly life: Life;
  readonly steering = new Steering(this);
  readonly checkpoints: RunCheckpoints;
  /** Changes of a record that is gone through again. */
  replayed: readonly RunChange[] = [];
  readonly #work: Work;
  readonly #course: Course;

  constructor(work: Work, course: Course) {
    this.#work = work;
    this.#course = course;
    this.life = new Life(work, course);
    this.checkpoints = new RunCheckpoints(work, course);
  }

  async steps(): Promise<void> {
    const course = this.#course;
    await this.#measure();
    while (!course.done) {
      await host().breathe();
      this.#replay();
      if (!(await this.steering.turn())) return;
      const row = await this.#step(course.step + 1);
      course.row(row);
      await this.#measure();
      const { alerts, stop } = course.judge.judge(row);
      for (const alert of alerts) course.change({ kind: "alert", step: row.step, ...alert });
      if (course.done) return;
      if (stop !== undefined) this.#stopBy(stop);
      if (!this.stopping() && this.checkpoints.due) await this.checkpoint(false);
    }
  }

  stopping(): boolean {
    return this.life.stopping;
  }

  wake(): void {
    this.steering.wake();
  }

  stop(): void {
    this.life.stopped = true;
  }

  async pause(): Promise<void> {
    await this.checkpoint(false);
    this.#course.change({ kind: "pause", step: this.#course.step });
  }

  resume(): void {
    this.#course.change({ kind: "resume", step: this.#course.step });
  }

  async checkpoint(marked = true): Promise<void> {
    const course = this.#course;
    try {
      await this.checkpoints.keep(marked);
    } catch (error) {
      // A full disk is no reason to lose the training as well.
      const message = `No checkpoint could be written: ${error instanceof Error ? error.message : error}`;
      if (!this.life.disposed) course.change({ kind: "alert", step: course.step, name: "checkpoint", message });
    }
  }

  async rewind(to: number): Promise<void> {
    const course = this.#course;
    if (to === course.step || !this.checkpoints.has(to)) return;
    await this.#work.restore(await course.sink.state(to));
    course.rewind(to);
  }

  async #step(step: number): Promise<Row> {
    const { knobs } = this.#course;
    for (const [name, value] of knobs.turn()) this.#course.change({ kind: "knob", step, name, value });
    const started = performance.now();
    try {
      const { tokens, columns } = await this.#work.step(step, knobs.read);
      const seconds = (performance.now() - started) / 1000;
      this.#course.sink.spent("steps", seconds);
      return { ...columns, tokensPerSecond: tokens / seconds, step };
    } catch (error) {
      const why = error instanceof Error ? error.message : error;
      throw new Error(`The training failed at step ${step}: ${why}`, { cause: error });
    }
  }

  async #measure(): Promise<void> {
    const { step, probes, due } = this.#course;
    const now = due.filter(({ steps }) => step % steps === 0 || step === this.#work.meta.steps);
    if (now.length === 0 || probes.last?.step === step) return;
    const measures: Record<string, number> = {};
    for (const probe of now.flatMap((each) => each.probes)) {
      if (this.stopping()) return;
      Object.assign(measures, await this.#course.timed("probes", () => probe.measure(this.#work.model)));
    }
    this.#course.measured({ ...measures, step });
  }

  /**
   * What was recorded at this step happens again. Nobody waits in a replay, and what a rewind had dropped is not in the
   * record, so neither takes time.
   */
  #replay(): void {
    const { step, knobs } = this.#course;
    for (const each of this.replayed) {
      if (each.kind === "knob" && each.step === step + 1) knobs.give({ [each.name]: each.value });
      if (each.step !== step) continue;
      if (each.kind === "pause" || each.kind === "resume") this.#course.change(each);
      if (each.kind === "stop") this.#stopBy(each.rule);
    }
  }

  #stopBy(rule: string | undefined): void {
    this.life.rule = rule;
    this.stop();
  }
}
