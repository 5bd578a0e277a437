/**
 * A run is one training that belongs to the cell that started it. `startRun` returns the run at once; its loop
 * (`loop.ts`) lets other work proceed before each step and obeys the orders that came in meanwhile. Fine-tuning and
 * pre-training differ only in what a step does (`training.ts`).
 *
 * The numbers do not depend on how a run is controlled: knobs are read once per step and recorded; probes, checkpoints
 * and rules only read. So a replay of the recorded changes gives the same rows on the same backend.
 */
import type { ForkOptions, Run } from "../../contracts.ts";
import { host } from "../../host.ts";
import type { RunMeta, RunOrder } from "../../runs.ts";
import { knobsAt } from "./changes.ts";
import type { ForkPoint } from "./fork-point.ts";
import { History } from "./history.ts";
import { withKeptAnswers } from "./kept-answers.ts";
import { RunKnobs } from "./knobs.ts";
import { Loop } from "./loop.ts";
import type { Training } from "./training.ts";

export function startRun(training: Training): Run {
  return begin(training, undefined);
}

function begin(training: Training, forkPoint: ForkPoint | undefined): Run {
  const knobs = new RunKnobs(training.knobs);
  if (forkPoint) knobs.override(forkPoint.knobs);
  const meta: RunMeta = {
    ...training.meta,
    knobs: forkPoint?.shared.knobs ?? knobs.values,
    ...(forkPoint && { parent: parentOf(forkPoint) }),
  };
  const sink = host().startRun(meta, (order) => obey(order));
  const history = new History(sink, meta.steps, knobs, forkPoint?.parentHistory);
  const loop = new Loop(training, history);
  if (sink.replay) {
    const { knobs: initial, changes } = sink.replay;
    loop.replayed = changes;
    knobs.override(knobsAt(initial, changes, sink.resumeFrom?.step ?? forkPoint?.shared.step ?? 0));
  }

  /** Does what the page asks for, or the code. */
  function obey(order: RunOrder): void {
    if (order.type === "fork") {
      host().show({ kind: "run", run: fork(order, "page").id });
      return;
    }
    if (order.type === "rewind") loop.checkpoints.require(order.to);
    if (loop.status === "running") loop.orders.add(order);
    else if (order.type !== "stop") throw new Error(`The run ${sink.id} has ended. You can only fork it.`);
  }

  function fork({ at, knobs: changed = {} }: ForkOptions, requestedBy: ForkPoint["requestedBy"]): Run {
    if (!training.copy) throw new Error(`A run of the method "${meta.method}" cannot be forked.`);
    loop.checkpoints.require(at);
    if (loop.cellEnded) {
      throw new Error("The cell of this run was stopped or has ended. Run the cell again, and fork the new run.");
    }
    return begin(training.copy(), {
      parent: sink.id,
      parentHistory: history,
      shared: history.upTo(at),
      state: sink.state(at),
      knobs: changed,
      requestedBy,
    });
  }

  function requireNotBegun(call: string): void {
    if (!loop.begun) return;
    throw new Error(
      `${call} came too late: the run has begun. Call it in the cell that starts the run, right after train(…).`,
    );
  }

  const run: Run = {
    id: sink.id,
    method: meta.method,
    get status() {
      return loop.status;
    },
    rows: history.rows.table,
    probes: history.probes.table,
    model: withKeptAnswers(training.model, history),
    get checkpoints() {
      return sink.checkpoints;
    },
    state: () => loop.state(),
    every(steps, ...probes) {
      requireNotBegun("run.every(…)");
      requireStepCount("run.every(…)", steps);
      history.schedule.push({ every: steps, probes });
      return run;
    },
    stopWhen(rule) {
      history.rules.stopWhen(rule);
      return run;
    },
    alertWhen(rule, name) {
      history.rules.alertWhen(rule, name);
      return run;
    },
    best(column, mode) {
      const best = loop.best.keep(column, mode);
      history.rules.alertWhen(
        Object.assign(() => false, { column }),
        `best ${column}`,
      );
      return best;
    },
    replay(record) {
      requireNotBegun("run.replay(…)");
      loop.replayed = record.changes;
      knobs.override(record.knobs);
      return run;
    },
    // A getter, because the promise below settles with this very object.
    get finished() {
      return finished;
    },
    pause: () => obey({ type: "pause" }),
    resume: () => obey({ type: "resume" }),
    step(n = 1) {
      requireStepCount("run.step(…)", n);
      obey({ type: "step", steps: n });
    },
    stop: () => obey({ type: "stop" }),
    checkpoint: () => obey({ type: "checkpoint" }),
    rewind: (to) => obey({ type: "rewind", to }),
    fork: (options) => fork(options, "code"),
  };
  const finished = loop.run(forkPoint).then(() => run);
  // The sink has been told of a failure; a run that nobody awaits must not raise an unhandled rejection as well.
  finished.catch(() => {});
  return run;
}

function parentOf({ parent, shared, requestedBy }: ForkPoint): NonNullable<RunMeta["parent"]> {
  return { run: parent, step: shared.step, ...(requestedBy === "page" && { asked: true }) };
}

function requireStepCount(call: string, steps: number): void {
  if (Number.isInteger(steps) && steps >= 1) return;
  throw new Error(`${call}: the number of steps must be a whole number of at least 1, not ${steps}.`);
}
