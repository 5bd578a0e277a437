/** Control of a run: pause, steps, checkpoints, rewind, fork, and replay of a record. */
import { beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import type { Probe } from "../../../../cells/contracts.ts";
import { alerts } from "../../../../cells/train/run/alerts.ts";
import { useBackend } from "../../model/backend.ts";
import { numbers, SmallRuns, samples } from "./small-runs.ts";

let small: SmallRuns;
beforeAll(() => useBackend("wasm"));
beforeEach(async () => {
  small = await SmallRuns.open();
  return () => small.host.end();
});

describe("a run", () => {
  it("pauses, does single steps and resumes, with the losses of an undisturbed run", async () => {
    const plain = small.start();
    await plain.finished;
    const run = small.start();
    const record = small.host.runs[1]!;
    small.when(run, 3, () => run.pause());
    await small.until(() => record.changes.length > 0);
    await small.breaths(20);
    expect([run.status, run.rows.length]).toEqual(["running", 3]);
    expect(record.checkpoints.map(({ step }) => step)).toEqual([3]);
    run.step(2);
    await small.until(() => run.rows.length === 5 && record.changes.at(-1)!.kind === "pause");
    await small.breaths(20);
    expect(run.rows.length).toBe(5);
    record.obey({ type: "resume" });
    await run.finished;
    expect(record.changes).toEqual([
      { kind: "pause", step: 3 },
      { kind: "resume", step: 3 },
      { kind: "pause", step: 5 },
      { kind: "resume", step: 5 },
    ]);
    expect(numbers(run.rows)).toEqual(numbers(plain.rows));
    expect(() => run.pause()).toThrow(/has ended. You can only fork it/);
  });

  it("has the same losses with and without probes, checkpoints and rules", async () => {
    const plain = small.start();
    await plain.finished;
    const probe: Probe = {
      name: "likelihood",
      measure: async (model) => ({ nll: (await model.nll(samples.slice(0, 2)))[0]!.nll }),
    };
    const watched = small
      .start({ checkpointEvery: 2 })
      .every(1, probe)
      .alertWhen(alerts.above("nll", 0))
      .stopWhen(() => false);
    await watched.finished;
    expect(numbers(watched.rows)).toEqual(numbers(plain.rows));
    const record = small.host.runs[1]!;
    expect(record.checkpoints.map(({ step }) => step)).toEqual([2, 4, 6, 8, 10]);
    expect(record.changes.map(({ kind }) => kind)).toEqual(["alert"]);
    for (const account of ["steps", "probes", "checkpoints"] as const)
      expect(record.seconds[account]).toBeGreaterThan(0);
  });

  it("saves a checkpoint about every thirty seconds by default", async () => {
    await small.start({ steps: 3 }).finished;
    expect(small.host.runs[0]!.checkpoints).toEqual([]);
    let now = 0;
    vi.spyOn(performance, "now").mockImplementation(() => (now += 4_000));
    await small.start().finished;
    vi.restoreAllMocks();
    const steps = small.host.runs[1]!.checkpoints.map(({ step }) => step);
    expect(steps.length).toBeGreaterThan(1);
    for (const [at, step] of steps.slice(1).entries()) expect(step - steps[at]!).toBeGreaterThan(1);
  });

  it("rewinds to a checkpoint and repeats the same rows; changes of knobs after it are recorded again", async () => {
    const plain = small.start();
    await plain.finished;
    const run = small.start({ checkpointEvery: 4 }).every(4, { name: "p", measure: async () => ({ p: 1 }) });
    small.when(run, 6, () => {
      small.knob.value = 0.25;
    });
    small.when(run, 9, () => run.rewind(4));
    await run.finished;
    const { changes, rows, probes } = small.host.runs[1]!;
    expect(changes).toEqual([
      { kind: "rewind", step: 9, to: 4 },
      { kind: "knob", step: 5, name: "weight", value: 0.25 },
    ]);
    expect(rows.map(({ step }) => step)).toEqual(Array.from({ length: 12 }, (_, at) => at + 1));
    expect(probes.map(({ step }) => step)).toEqual([0, 4, 8, 12]);
    expect(numbers(run.rows)).toEqual(numbers(rows));
    expect(numbers(rows).slice(0, 4)).toEqual(numbers(plain.rows).slice(0, 4));
    small.knob.value = 1;
    const back = small.start({ checkpointEvery: 4 });
    small.when(back, 9, () => back.rewind(4));
    await back.finished;
    expect(numbers(back.rows)).toEqual(numbers(plain.rows));
    expect(() => back.rewind(5)).toThrow("has no checkpoint at step 5, only at 4, 8.");
  });

  it("can be forked with other knobs: both runs share the history, and differ in the steps after the fork", async () => {
    const run = small.start({ checkpointEvery: 4 });
    await run.finished;
    const same = run.fork({ at: 4 });
    const slower = run.fork({ at: 4, knobs: { learningRate: 0.001, weight: 0 } });
    await Promise.all([same.finished, slower.finished]);
    expect(numbers(same.rows)).toEqual(numbers(run.rows));
    const [, , record] = small.host.runs;
    expect(record!.meta).toMatchObject({
      parent: { run: run.id, step: 4 },
      knobs: { learningRate: 0.02, weight: 1 },
    });
    expect(record!.changes).toEqual([
      { kind: "fork", step: 4, parent: run.id },
      { kind: "knob", step: 5, name: "weight", value: 0 },
      { kind: "knob", step: 5, name: "learningRate", value: 0.001 },
    ]);
    expect(numbers(slower.rows).slice(0, 4)).toEqual(numbers(run.rows).slice(0, 4));
    const fifth = [run, slower].map((each) => each.rows.at(4)!);
    expect(fifth[1]!.translation).toBe(fifth[0]!.translation);
    expect(fifth[1]!.loss).toBeCloseTo(fifth[1]!.translation!, 5);
    expect(fifth[1]!.learningRate! / fifth[0]!.learningRate!).toBeCloseTo(0.05, 5);
    expect(() => run.fork({ at: 4, knobs: { rank: 8 } })).toThrow(
      'This training has no knob named "rank". Its knobs: weight, learningRate.',
    );
    small.host.runs[0]!.obey({ type: "fork", at: 8, knobs: { weight: 2 } });
    expect(small.host.outputs.at(-1)).toEqual({ kind: "run", run: "run-4" });
    expect(small.host.runs[3]!.meta.parent).toEqual({ run: run.id, step: 8, asked: true });
  });

  it("replays its record bit for bit: knobs, pauses, a rewind and the stop", async () => {
    const run = small.start({ checkpointEvery: 3 });
    small.when(run, 2, () => {
      small.knob.value = 0.5;
    });
    small.when(run, 4, () => run.pause());
    small.when(run, 7, () => {
      small.knob.value = 3;
      run.rewind(6);
    });
    small.when(run, 8, () => {
      small.knob.value = 0;
    });
    small.when(run, 10, () => run.stop());
    await small.until(() => small.host.runs[0]!.changes.some(({ kind }) => kind === "pause"));
    run.resume();
    await run.finished;
    const first = small.host.runs[0]!;
    expect(first.changes.map(({ kind, step }) => `${kind} ${step}`)).toEqual([
      "knob 3",
      "pause 4",
      "resume 4",
      "rewind 7",
      "knob 7",
      "knob 9",
      "stop 10",
    ]);
    // Through JSON as in the files; and the inputs have other values by now.
    const record = JSON.parse(JSON.stringify({ knobs: first.meta.knobs, changes: first.changes }));
    small.knob.value = 17;
    small.host.onBreath = undefined;
    const again = small.start().replay(record);
    await again.finished;
    expect(again.status).toBe("stopped");
    expect(numbers(again.rows)).toEqual(numbers(first.rows));
    const repeated = small.host.runs[1]!.changes.filter(({ step }) => step > 1);
    expect(repeated).toEqual(first.changes.filter(({ kind }) => kind !== "rewind"));
  });
});
