/** Control of a run: pause, rewind, fork, stop, alerts, and replay of a record. */
import * as tf from "@tensorflow/tfjs";
import { beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import type { Method, Probe, Run } from "../../../../cells/contracts.ts";
import { type BaseModel, chatModel } from "../../../../cells/model/chat-model.ts";
import { lora } from "../../../../cells/model/lora.ts";
import { alerts } from "../../../../cells/train/run/alerts.ts";
import { type TrainOptions, train } from "../../../../cells/train/train.ts";
import type { Row, Sample } from "../../../../cells/types.ts";
import { type BareHost, bareHost } from "../../bare-host.ts";
import { useBackend } from "../../model/backend.ts";
import { tinyFolder } from "../../model/tiny.ts";

let host: BareHost;
let base: BaseModel;
const knob = { value: 1 };
beforeAll(() => useBackend("wasm"));
beforeEach(async () => {
  host = bareHost(5);
  base = await chatModel(await tinyFolder(host));
  knob.value = 1;
  return () => host.end();
});

const words = ["hello", "quick", "walks", "river", "see", "what", "time", "name"];
const samples: Sample[] = words.map((word, at) => ({
  prompt: [{ role: "user", content: word }],
  segments: [
    { role: "translation", origin: "data", text: words[(at + 3) % words.length]!, weight: 1 },
    { role: "rationale", origin: "base", text: ` ${word}`, weight: 1 },
  ],
  endTurn: true,
}));
const method: Method = {
  name: "both",
  samples,
  per: "role",
  weight: (role, read = ({ value }) => value) => (role === "rationale" ? read(knob) : 1),
  config: {},
  knobs: { weight: knob },
};
const start = (options: Partial<TrainOptions> = {}): Run =>
  train(base, {
    method,
    adapter: lora({ rank: 2, dropout: 0.1 }),
    steps: 12,
    batch: 3,
    warmup: 2,
    learningRate: 0.02,
    ...options,
  });
/** The rows without the column that depends on time. */
const numbers = (rows: Iterable<Row>): Row[] => [...rows].map((row) => ({ ...row, tokensPerSecond: 0 }));
/** Calls `act` once, when a run has done so many steps. */
function when(run: Run, steps: number, act: () => void): void {
  const before = host.onBreath;
  let done = false;
  host.onBreath = () => {
    before?.();
    if (done || run.rows.length !== steps) return;
    done = true;
    act();
  };
}
const breaths = async (n: number): Promise<void> => {
  for (let i = 0; i < n; i += 1) await host.breathe();
};
const until = async (holds: () => boolean): Promise<void> => {
  while (!holds()) await host.breathe();
};

describe("a run", () => {
  it("pauses, does single steps and resumes, with the losses of an undisturbed run", async () => {
    const plain = start();
    await plain.finished;
    const run = start();
    const record = host.runs[1]!;
    when(run, 3, () => run.pause());
    await until(() => record.changes.length > 0);
    await breaths(20);
    expect([run.status, run.rows.length]).toEqual(["running", 3]);
    expect(record.checkpoints.map(({ step }) => step)).toEqual([3]);
    run.step(2);
    await until(() => run.rows.length === 5 && record.changes.at(-1)!.kind === "pause");
    await breaths(20);
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

  it("can be stopped while it is paused, and stops when its cell ends", async () => {
    const run = start();
    run.pause();
    await until(() => host.runs[0]!.changes.length > 0);
    run.stop();
    await run.finished;
    expect(host.runs[0]!.changes).toEqual([
      { kind: "pause", step: 0 },
      { kind: "stop", step: 0 },
    ]);
    const other = start();
    other.pause();
    await until(() => host.runs[1]!.changes.length > 0);
    host.end();
    await other.finished;
    expect(other.status).toBe("stopped");
  });

  it.each<[string, (run: Run) => void]>([
    ["code", (run) => run.stop()],
    ["the page", () => host.runs[0]!.obey({ type: "stop" })],
    ["the end of its cell", () => host.runs[0]!.abort.abort()],
  ])("is stopped by %s before the next step, without further probes", async (_cause, stop) => {
    const measured: number[] = [];
    const run = start();
    const first: Probe = {
      name: "first",
      measure: async () => {
        if (run.rows.length === 3) stop(run);
        return {};
      },
    };
    const second: Probe = {
      name: "second",
      measure: async () => {
        measured.push(run.rows.length);
        return {};
      },
    };
    await run.every(1, first, second).finished;
    expect([run.status, run.rows.length, measured]).toEqual(["stopped", 3, [0, 1, 2]]);
    expect(host.runs[0]!.changes).toEqual([{ kind: "stop", step: 3 }]);
    expect(host.runs[0]!.checkpoints.map(({ step }) => step)).toEqual([3]);
    run.stop();
  });

  it("obeys the orders that were given before a stop", async () => {
    const run = start();
    run.checkpoint();
    run.stop();
    await run.finished;
    expect(host.runs[0]!.checkpoints).toMatchObject([{ step: 0, marked: true }]);
  });

  it("has the same losses with and without probes, checkpoints and rules", async () => {
    const plain = start();
    await plain.finished;
    const probe: Probe = {
      name: "likelihood",
      measure: async (model) => ({ nll: (await model.nll(samples.slice(0, 2)))[0]!.nll }),
    };
    const watched = start({ checkpointEvery: 2 })
      .every(1, probe)
      .alertWhen(alerts.above("nll", 0))
      .stopWhen(() => false);
    await watched.finished;
    expect(numbers(watched.rows)).toEqual(numbers(plain.rows));
    const record = host.runs[1]!;
    expect(record.checkpoints.map(({ step }) => step)).toEqual([2, 4, 6, 8, 10]);
    expect(record.changes.map(({ kind }) => kind)).toEqual(["alert"]);
    for (const account of ["steps", "probes", "checkpoints"] as const)
      expect(record.seconds[account]).toBeGreaterThan(0);
  });

  it("saves a checkpoint about every thirty seconds by default", async () => {
    await start({ steps: 3 }).finished;
    expect(host.runs[0]!.checkpoints).toEqual([]);
    let now = 0;
    vi.spyOn(performance, "now").mockImplementation(() => (now += 4_000));
    await start().finished;
    vi.restoreAllMocks();
    const steps = host.runs[1]!.checkpoints.map(({ step }) => step);
    expect(steps.length).toBeGreaterThan(1);
    for (const [at, step] of steps.slice(1).entries()) expect(step - steps[at]!).toBeGreaterThan(1);
  });

  it("rewinds to a checkpoint and repeats the same rows; changes of knobs after it are recorded again", async () => {
    const plain = start();
    await plain.finished;
    const run = start({ checkpointEvery: 4 }).every(4, { name: "p", measure: async () => ({ p: 1 }) });
    when(run, 6, () => {
      knob.value = 0.25;
    });
    when(run, 9, () => run.rewind(4));
    await run.finished;
    const { changes, rows, probes } = host.runs[1]!;
    expect(changes).toEqual([
      { kind: "rewind", step: 9, to: 4 },
      { kind: "knob", step: 5, name: "weight", value: 0.25 },
    ]);
    expect(rows.map(({ step }) => step)).toEqual(Array.from({ length: 12 }, (_, at) => at + 1));
    expect(probes.map(({ step }) => step)).toEqual([0, 4, 8, 12]);
    expect(numbers(run.rows)).toEqual(numbers(rows));
    expect(numbers(rows).slice(0, 4)).toEqual(numbers(plain.rows).slice(0, 4));
    knob.value = 1;
    const back = start({ checkpointEvery: 4 });
    when(back, 9, () => back.rewind(4));
    await back.finished;
    expect(numbers(back.rows)).toEqual(numbers(plain.rows));
    expect(() => back.rewind(5)).toThrow("has no checkpoint at step 5, only at 4, 8.");
  });

  it("can be forked with other knobs: both runs share the history, and differ in the steps after the fork", async () => {
    const run = start({ checkpointEvery: 4 });
    await run.finished;
    const same = run.fork({ at: 4 });
    const slower = run.fork({ at: 4, knobs: { learningRate: 0.001, weight: 0 } });
    await Promise.all([same.finished, slower.finished]);
    expect(numbers(same.rows)).toEqual(numbers(run.rows));
    const [, , record] = host.runs;
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
    host.runs[0]!.obey({ type: "fork", at: 8, knobs: { weight: 2 } });
    expect(host.outputs.at(-1)).toEqual({ kind: "run", run: "run-4" });
    expect(host.runs[3]!.meta.parent).toEqual({ run: run.id, step: 8, asked: true });
  });

  it("replays its record bit for bit: knobs, pauses, a rewind and the stop", async () => {
    const run = start({ checkpointEvery: 3 });
    when(run, 2, () => {
      knob.value = 0.5;
    });
    when(run, 4, () => run.pause());
    when(run, 7, () => {
      knob.value = 3;
      run.rewind(6);
    });
    when(run, 8, () => {
      knob.value = 0;
    });
    when(run, 10, () => run.stop());
    await until(() => host.runs[0]!.changes.some(({ kind }) => kind === "pause"));
    run.resume();
    await run.finished;
    const first = host.runs[0]!;
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
    knob.value = 17;
    host.onBreath = undefined;
    const again = start().replay(record);
    await again.finished;
    expect(again.status).toBe("stopped");
    expect(numbers(again.rows)).toEqual(numbers(first.rows));
    const repeated = host.runs[1]!.changes.filter(({ step }) => step > 1);
    expect(repeated).toEqual(first.changes.filter(({ kind }) => kind !== "rewind"));
  });

  it("is stopped by a rule, and records its reason", async () => {
    const run = start().stopWhen(({ step, loss }, rows) => step > 4 && loss > 0 && `after ${rows.length} rows`);
    await run.finished;
    expect([run.status, run.rows.length]).toEqual(["stopped", 5]);
    expect(host.runs[0]!.changes.at(-1)).toEqual({ kind: "stop", step: 5, rule: "after 4 rows" });
    expect(host.runs[0]!.message).toBe("Stopped by a rule: after 4 rows");
    expect(host.runs[0]!.checkpoints.at(-1)?.step).toBe(5);
  });

  it("reports a rule that throws, and continues without it", async () => {
    const run = start({ steps: 3 }).stopWhen(() => {
      throw new Error("no such column");
    });
    await run.finished;
    expect(run.status).toBe("done");
    const message = "The rule failed and is no longer checked: no such column";
    expect(host.runs[0]!.changes).toEqual([{ kind: "alert", step: 1, name: "stop rule", message }]);
  });

  it("raises an alert at the step in which it fails", async () => {
    let steps = 0;
    const run = start({ method: { ...method, weight: () => (++steps > 4 ? Number.NaN : 1) } });
    await expect(run.finished).rejects.toThrow(/at step 3/);
    expect(host.runs[0]!.changes).toMatchObject([{ kind: "alert", step: 3, name: "failure" }]);
  });

  it("still has its state after its cell has ended, and leaves no tensor in memory", async () => {
    const before = tf.memory().numTensors;
    const run = start();
    await until(() => run.rows.length === 4);
    const alive = await run.state();
    const rows = run.rows.length;
    host.end();
    await run.finished;
    expect(rows).toBeLessThan(12);
    expect((await run.state()).length).toBe(alive.length);
    expect(tf.memory().numTensors).toBeLessThan(before);
  });
});

describe("rules", () => {
  const row = (step: number, loss: number): Row => ({ step, loss });
  const noisy = Array.from({ length: 40 }, (_, at) => row(at + 1, 2 - at / 100 + ((at * 7) % 5) / 50));
  it("detect a spike, but none in noise, in a falling loss, in few rows or in equal rows", () => {
    const rule = alerts.lossSpike();
    expect(noisy.filter((each, at) => rule(each, noisy.slice(0, at)) !== false)).toEqual([]);
    expect(rule(row(41, 3.5), noisy)).toMatch(/The loss is 3.50/);
    expect(rule(row(9, 30), noisy.slice(0, 8))).toBe(false);
    const flat = Array.from({ length: 20 }, (_, at) => row(at, 1));
    expect([rule(row(20, 1), flat), rule(row(20, 1.05), flat)]).toEqual([false, false]);
    expect(rule(row(20, 1.2), flat)).not.toBe(false);
  });
  it("detect a measure above its level as soon as it has been measured", () => {
    const rule = alerts.above("forgetting", 0.3);
    expect([rule(row(1, 1), []), rule({ ...row(2, 1), forgetting: 0.3 }, [])]).toEqual([false, false]);
    expect(rule({ ...row(3, 1), forgetting: 0.3123 }, [])).toBe("forgetting is 0.312.");
    expect(rule.name).toBe("forgetting above 0.3");
  });
});
