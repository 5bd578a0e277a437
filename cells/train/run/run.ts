/**
 * A run is one training: a loop that belongs to the cell which started it. `startRun` returns at once; before each step
 * the loop gives way to other work and obeys what it was asked meanwhile, by code or by the page: to wait, to go back to a
 * checkpoint, to end. What a step does is the work's concern, so fine-tuning and pre-training share this loop, its
 * probes, its checkpoints and its ways to end.
 *
 * The numbers do not depend on any of that: knobs are read once per step and recorded, probes, checkpoints and rules only
 * look. So what was recorded of a run makes the same rows again (`replay`), on the same backend.
 */
import type { ForkOptions, Run, RunRecord } from "../../contracts.ts";
import { host } from "../../host.ts";
import type { RunMeta, RunOrder } from "../../runs.ts";
import { Course } from "./course.ts";
import { RunKnobs } from "./knobs.ts";
import { Loop } from "./loop.ts";
import type { Origin } from "./origin.ts";
import type { Work } from "./work.ts";

export function startRun(work: Work): Run {
  return begunRun(work, undefined);
}

function begunRun(work: Work, origin: Origin | undefined): Run {
  const knobs = new RunKnobs(work.knobs);
  if (origin) knobs.give(origin.knobs);
  const meta: RunMeta = {
    ...work.meta,
    knobs: origin?.past.knobs ?? knobs.values,
    ...(origin && { parent: { run: origin.run, step: origin.past.step, ...(origin.asked && { asked: true }) } }),
  };
  const sink = host().startRun(meta, (order) => obey(order));
  const course = new Course(sink, meta.steps, knobs, origin?.course);
  const loop = new Loop(work, course);
  const { life, steering, checkpoints } = loop;

  function obey(order: RunOrder): void {
    if (order.type === "fork") {
      const made = forked(order, true);
      host().show({ kind: "run", run: made.id });
      return;
    }
    if (order.type === "rewind") checkpoints.require(order.to);
    if (life.status !== "running") throw new Error(`The run ${sink.id} has ended; it can only be forked.`);
    steering.ask(order);
  }

  function forked({ at, knobs: given = {} }: ForkOptions, asked: boolean): Run {
    if (!work.again) throw new Error(`A training of the method ${meta.method} cannot be forked.`);
    checkpoints.require(at);
    if (life.cellEnded) {
      throw new Error("The cell of this run was stopped or has ended. Run it again, and fork the new run.");
    }
    const past = course.upTo(at);
    return begunRun(work.again(), { run: sink.id, course, past, state: sink.state(at), knobs: given, asked });
  }

  function requireFresh(call: string): void {
    if (!life.begun) return;
    throw new Error(`Call ${call} in the cell that starts the run, right after it; this run has begun already.`);
  }

  function requireSteps(call: string, steps: number): void {
    if (Number.isInteger(steps) && steps >= 1) return;
    throw new Error(`${call} takes a whole number of steps from 1, not ${steps}.`);
  }

  const run: Run = {
    id: sink.id,
    method: meta.method,
    get status() {
      return life.status;
    },
    rows: course.rows.table,
    probes: course.probes.table,
    model: work.model,
    get checkpoints() {
      return sink.checkpoints;
    },
    state: () => life.state(),
    every(steps, ...probes) {
      requireFresh("run.every(…)");
      requireSteps("run.every(…)", steps);
      course.due.push({ steps, probes });
      return run;
    },
    stopWhen(rule) {
      course.judge.stopWhen(rule);
      return run;
    },
    alertWhen(rule, name) {
      course.judge.alertWhen(rule, name);
      return run;
    },
    replay(record: Pick<RunRecord, "knobs" | "changes">) {
      requireFresh("run.replay(…)");
      loop.replayed = record.changes;
      knobs.give(record.knobs);
      return run;
    },
    // Assigned right below; a getter, as the promise's value is this very object.
    get finished() {
      return finished;
    },
    pause: () => obey({ type: "pause" }),
    resume: () => obey({ type: "resume" }),
    step(n = 1) {
      requireSteps("run.step(…)", n);
      obey({ type: "step", steps: n });
    },
    stop() {
      life.stopped = true;
      steering.wake();
    },
    checkpoint: () => obey({ type: "checkpoint" }),
    rewind: (to) => obey({ type: "rewind", to }),
    fork: (options) => forked(options, false),
  };
  const finished = life.through(loop, origin).then(() => run);
  // Whoever awaits it gets the error; a run that nobody awaits has told it to its sink.
  finished.catch(() => {});
  return run;
}
