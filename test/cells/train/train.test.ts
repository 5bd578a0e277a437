import * as tf from "@tensorflow/tfjs";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Method, Probe, Run } from "../../../cells/contracts.ts";
import { readAdapter } from "../../../cells/model/adapter-files.ts";
import { type BaseModel, chatModel } from "../../../cells/model/chat-model.ts";
import { lora } from "../../../cells/model/lora.ts";
import { type TrainOptions, train } from "../../../cells/train/train.ts";
import type { Row, Sample } from "../../../cells/types.ts";
import { type BareHost, bareHost } from "../bare-host.ts";
import { useBackend } from "../model/backend.ts";
import { tinyFolder } from "../model/tiny.ts";

let host: BareHost;
let base: BaseModel;
beforeAll(() => useBackend("wasm"));
beforeEach(async () => {
  host = bareHost(5);
  base = await chatModel(await tinyFolder(host));
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
const factors = { translation: 1, rationale: 0.5 };
const method: Method = {
  name: "both",
  samples,
  per: "role",
  weight: (role) => (role === "rationale" ? factors.rationale : 1),
  config: { style: "test" },
  knobs: {},
};
const start = (options: Partial<TrainOptions> = {}): Run =>
  train(base, {
    method,
    adapter: lora({ rank: 2 }),
    steps: 6,
    batch: 4,
    warmup: 2,
    learningRate: 0.02,
    floor: 0.1,
    betas: [0.9, 0.99],
    ...options,
  });
const losses = (run: Run): number[] => [...run.rows].map(({ loss }) => loss);

describe("train", () => {
  it("returns at once, reduces the loss, and records one row per step", async () => {
    const run = start({ steps: 40 });
    expect([run.status, run.rows.length]).toEqual(["running", 0]);
    expect((await run.finished) === run).toBe(true);
    expect([run.status, host.runs[0]!.status]).toEqual(["done", "done"]);
    expect([...run.rows]).toEqual(host.runs[0]!.rows);
    expect([...run.rows].map(({ step }) => step)).toEqual(Array.from({ length: 40 }, (_, at) => at + 1));
    for (const row of run.rows) {
      expect(row.loss).toBeCloseTo(row.translation! + 0.5 * row.rationale!, 4);
      expect(row.gradNorm).toBeGreaterThan(0);
      expect(row.tokensPerSecond).toBeGreaterThan(0);
    }
    expect(run.rows.at(0)!.learningRate).toBeCloseTo(0.01);
    expect(run.rows.at(-1)!.learningRate).toBeCloseTo(0.002);
    expect(run.rows.at(-1)!.loss).toBeLessThan(run.rows.at(0)!.loss - 1);
    expect(run.rows.live).toEqual({ table: "rows", runs: [run.id] });
    expect(host.runs[0]!.meta).toMatchObject({
      method: "both",
      steps: 40,
      config: { style: "test", rank: 2, alpha: 4, seed: 5 },
    });
  });

  it("starts at the loss of the base and does not change the base", async () => {
    const weights = [...base.decoder.weights];
    const asked = samples.map(({ prompt }) => ({ messages: prompt }));
    const before = await base.generate(asked, { maxTokens: 4 });
    const run = start({ batch: samples.length, steps: 20 });
    const untrained = await base.nll(
      samples.map((sample) => ({ ...sample, endTurn: false, segments: sample.segments.slice(0, 1) })),
    );
    await run.finished;
    const sum = untrained.reduce((total, { nll, tokens }) => ({ nll: total.nll + nll, tokens: total.tokens + tokens }));
    expect(run.rows.at(0)!.translation).toBeCloseTo(sum.nll / sum.tokens, 4);
    expect(await base.generate(asked, { maxTokens: 4 })).toEqual(before);
    expect(await run.model.generate(asked, { maxTokens: 4 })).not.toEqual(before);
    expect([...base.decoder.weights]).toEqual(weights);
  });

  it("gives the same losses for the same seed, also while another training runs", async () => {
    const alone = start();
    await alone.finished;
    const [again, other] = [start(), start({ seed: 9 })];
    await Promise.all([again.finished, other.finished]);
    expect(losses(again)).toEqual(losses(alone));
    expect(losses(other)).not.toEqual(losses(alone));
  });

  it("does not change the loss at a learning rate of 0", async () => {
    const run = start({ learningRate: 0, batch: samples.length });
    await run.finished;
    for (const loss of losses(run)) expect(loss).toBeCloseTo(losses(run)[0]!, 5);
  });

  it("measures probes before the first step, at their interval and after the last step", async () => {
    const seen: number[] = [];
    const probe: Probe = {
      name: "likelihood",
      async measure(model) {
        seen.push((await model.nll(samples.slice(0, 1)))[0]!.nll);
        return { nll: seen.at(-1)! };
      },
    };
    const counting: Probe = { name: "count", measure: async () => ({ count: seen.length }) };
    const run = start({ steps: 5 }).every(2, probe).every(3, counting);
    await run.finished;
    expect(host.runs[0]!.probes.map(({ step, nll, count }) => [step, nll, count])).toEqual([
      [0, seen[0], 1],
      [2, seen[1], undefined],
      [3, undefined, 2],
      [4, seen[2], undefined],
      [5, seen[3], 4],
    ]);
    expect([...run.probes]).toEqual(host.runs[0]!.probes);
    expect(seen[0]).toBe((await base.nll(samples.slice(0, 1)))[0]!.nll);
    expect(seen[3]).not.toBe(seen[0]);
    expect(() => run.every(1, probe)).toThrow(/right after train/);
    const unmeasured = start({ steps: 5 });
    await unmeasured.finished;
    expect(losses(run)).toEqual(losses(unmeasured));
  });

  it("reads live weights at each step and records their changes", async () => {
    const knob = { value: 1 };
    const live: Method = {
      ...method,
      weight: (role) => (role === "rationale" ? knob.value : 1),
      knobs: { weight: knob },
    };
    const run = start({ method: live, batch: samples.length });
    host.onBreath = () => {
      if (run.rows.length === 3) knob.value = 0;
    };
    await run.finished;
    expect(host.runs[0]!.changes).toEqual([{ kind: "knob", step: 4, name: "weight", value: 0 }]);
    const parts = (row: Row): number => row.loss - row.translation! - (row.step < 4 ? row.rationale! : 0);
    for (const row of run.rows) expect(parts(row)).toBeCloseTo(0, 4);
  });

  it("stops between two steps, saves the trained weights and records the stop", async () => {
    const before = tf.memory().numTensors;
    const run = start({ steps: 1000 });
    host.onBreath = () => {
      if (run.rows.length === 3) host.runs[0]!.abort.abort();
    };
    await run.finished;
    expect([run.status, host.runs[0]!.status, run.rows.length]).toEqual(["stopped", "stopped", 3]);
    expect(host.runs[0]!.changes).toEqual([{ kind: "stop", step: 3 }]);
    const files = host.runs[0]!.files;
    const saved = await readAdapter(
      base.decoder.config,
      {
        config: files.get("adapter/adapter_config.json") as string,
        weights: files.get("adapter/adapter_model.safetensors") as Uint8Array,
      },
      "the run",
    );
    expect(await base.with(saved).nll(samples)).toEqual(await run.model.nll(samples));
    tf.dispose([...saved.tensors.values()]);
    host.onBreath = undefined;
    const second = start({ steps: 1000 });
    second.stop();
    await second.finished;
    expect([second.status, second.rows.length]).toEqual(["stopped", 0]);
    // Each run keeps its adapter and its moments, so that another training can continue from it.
    expect(tf.memory().numTensors).toBe(before + 2 * 3 * 14);
  });

  it("leaves no tensor in memory: none per step, and none at all when its cell ends during the run", async () => {
    const before = tf.memory().numTensors;
    const counts: number[] = [];
    const run = start({ steps: 1000 });
    host.onBreath = () => {
      counts.push(tf.memory().numTensors);
      if (run.rows.length === 5) host.end();
    };
    await run.finished;
    expect(run.status).toBe("stopped");
    expect(new Set(counts).size).toBe(1);
    expect(host.runs[0]!.files.size).toBe(0);
    expect(tf.memory().numTensors).toBe(before - base.decoder.weights.size - 1);
  });

  it("fails with the number of the step and the reason", async () => {
    let steps = 0;
    // Each role is asked for once before the first step, and once in each step.
    const broken: Method = { ...method, per: "role", weight: () => (++steps > 6 ? Number.NaN : 1) };
    const run = start({ method: broken });
    await expect(run.finished).rejects.toThrow(
      'The training failed at step 3: the method\'s weight of the role "translation" is NaN, not a finite number',
    );
    expect([run.status, run.rows.length, host.runs[0]!.status]).toEqual(["failed", 2, "failed"]);
    expect(host.runs[0]!.message).toMatch(/step 3/);
  });

  it("rejects invalid settings", () => {
    expect(() => start({ steps: 0 })).toThrow('train(…): "steps" must be a whole number of at least 1, not 0.');
    expect(() => lora({ rank: 1.5 })).toThrow(/whole number of at least 1, not 1.5/);
  });
});
