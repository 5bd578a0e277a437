/** The options of `train`, and its messages when a value is not finite. */
import * as tf from "@tensorflow/tfjs";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Method, Run } from "../../../cells/contracts.ts";
import { type BaseModel, chatModel, type LocalModel } from "../../../cells/model/chat-model.ts";
import { meanDivergence } from "../../../cells/model/divergence.ts";
import { lora } from "../../../cells/model/lora.ts";
import { extendVocabulary } from "../../../cells/model/vocabulary.ts";
import { optimizer } from "../../../cells/train/step/optimizer.ts";
import { type TrainOptions, train } from "../../../cells/train/train.ts";
import type { Sample } from "../../../cells/types.ts";
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

const samples: Sample[] = ["hello", "quick", "river see", "what"].map((word) => ({
  prompt: [{ role: "user", content: word }],
  segments: [
    { role: "translation", origin: "data", text: "time", weight: 1 },
    { role: "rationale", origin: "base", text: ` ${word}`, weight: 1 },
  ],
  endTurn: true,
}));
const method: Method = { name: "t", samples, per: "token", weight: () => 1, config: {}, knobs: {} };
const start = (options: Partial<TrainOptions> = {}): Run =>
  train(base, {
    method,
    adapter: lora({ rank: 2 }),
    steps: 8,
    batch: 2,
    warmup: 2,
    learningRate: 0.01,
    floor: 0.1,
    betas: [0.9, 0.99],
    ...options,
  });
const column = (run: Run, name: string): number[] => [...run.rows].map((row) => row[name]!);

describe("the learning rate", () => {
  it("follows the schedule, the floor, and changes of its knob", async () => {
    const rates = async (options: Partial<TrainOptions>): Promise<number[]> =>
      column(await start(options).finished, "learningRate");
    expect((await rates({ schedule: "constant", warmup: 4 })).map(rounded)).toEqual([
      0.0025, 0.005, 0.0075, 0.01, 0.01, 0.01, 0.01, 0.01,
    ]);
    expect((await rates({ floor: 0.25 })).at(-1)).toBeCloseTo(0.0025, 8);
    expect((await rates({ schedule: "cosine", floor: 0 })).map(rounded).slice(4, 6)).toEqual([
      0.005,
      rounded(0.01 * 0.5 * (1 + Math.cos((Math.PI * 4) / 6))),
    ]);
    const knob = { value: 0.01 };
    const run = start({ schedule: "constant", warmup: 0, learningRate: knob });
    host.onBreath = () => {
      if (run.rows.length === 3) knob.value = 0.002;
    };
    await run.finished;
    expect(column(run, "learningRate").slice(2, 4)).toEqual([0.01, 0.002]);
  });

  it("is used by AdamW with the given β₁, β₂, ε and weight decay, which are recorded", async () => {
    const plain = column(await start().finished, "loss");
    for (const options of [{ betas: [0.5, 0.9] }, { eps: 1e-2 }, { weightDecay: 5 }] as const) {
      expect(column(await start(options).finished, "loss").at(-1)).not.toBeCloseTo(plain.at(-1)!, 6);
      expect(host.runs.at(-1)!.meta.config).toMatchObject(options);
    }
  });
});

describe("a value that is not finite", () => {
  const tensors = (model: Run["model"]): Map<string, tf.Tensor> => (model as LocalModel).adapter!.tensors;
  /** Puts a value into a tensor after the second step, and checks that the third one updates nothing. @returns the message of the failed run */
  const failureWith = async (
    options: Partial<TrainOptions>,
    where: (run: Run) => Map<string, tf.Tensor>,
    name: string,
    value: number,
  ) => {
    const run = start(options);
    let before: Float32Array[] = [];
    const values = (): Float32Array[] => [...tensors(run.model).values()].map((tensor) => tensor.dataSync<"float32">());
    host.onBreath = () => {
      if (run.rows.length !== 2 || before.length > 0) return;
      const old = where(run).get(name)!;
      const one = tf.buffer(old.shape as [number, number], "float32", old.dataSync<"float32">().slice());
      one.set(value, 0, 0);
      where(run).set(name, one.toTensor());
      old.dispose();
      before = values();
    };
    const error: Error = await run.finished.then(
      () => new Error("did not fail"),
      (failure) => failure as Error,
    );
    expect([...run.rows]).toHaveLength(2);
    expect(values()).toEqual(before);
    return error.message;
  };
  const factor = "base_model.model.model.layers.0.mlp.up_proj.lora_B.weight";
  const weight = "model.layers.0.self_attn.o_proj.weight";
  const weights = (): Map<string, tf.Tensor> => base.decoder.weights as Map<string, tf.Tensor>;

  it("ends the run with the step and the tensor in the message", async () => {
    expect(await failureWith({}, ({ model }) => tensors(model), factor, Number.NaN)).toBe(
      `The training failed at step 3: the loss is NaN: the adapter's tensor "${factor}" has values that are not finite`,
    );
  });

  it("is also found in the base's weights, with accumulation and checkpointing", async () => {
    const how = { accumulate: 2, checkpointing: true };
    expect(await failureWith(how, weights, weight, Number.POSITIVE_INFINITY)).toBe(
      `The training failed at step 3: the loss is NaN: the model's weight "${weight}" has values that are not finite`,
    );
  });

  it("is found in the first output that has it, if all weights are finite", async () => {
    const message = await failureWith({}, weights, "model.layers.0.mlp.down_proj.weight", 3e38);
    expect(message).toMatch(
      /^The training failed at step 3: the loss is (NaN|Infinity|-Infinity): the output of "[a-z0-9._]+" is the first/,
    );
  });

  it("in a gradient is reported with its parameter, and no parameter is updated", async () => {
    const parameters = new Map([
      ["early", tf.ones([2, 2])],
      ["late", tf.ones([2])],
    ]);
    const adamw = optimizer(parameters, { beta1: 0.9, beta2: 0.99, eps: 1e-8, weightDecay: 0, clip: 1 });
    const before = tf.memory().numTensors;
    const found = (early: number, late: number) =>
      new Map([
        ["early", tf.fill([2, 2], early)],
        ["late", tf.fill([2], late)],
      ]);
    await expect(adamw.update(found(Number.NaN, 1), 1)).rejects.toThrow(
      'the gradient of "early" is not finite. Try a lower',
    );
    // A gradient goes from the last parameter to the first.
    await expect(adamw.update(found(Number.NaN, Number.POSITIVE_INFINITY), 1)).rejects.toThrow(
      'the gradient of "late"',
    );
    expect([adamw.step, tf.memory().numTensors]).toEqual([0, before]);
    for (const tensor of parameters.values()) expect(tensor.dataSync().every((value) => value === 1)).toBe(true);
    adamw.dispose();
    tf.dispose([...parameters.values()]);
  });
});

describe("the divergence from the base", () => {
  const withDivergence = (weight: number): Method => ({
    ...method,
    weight: (role) => (role === "rationale" ? 0 : 1),
    divergence: { role: "rationale", weight },
  });
  const rationales = samples.map(
    (sample): Sample => ({
      ...sample,
      segments: sample.segments.map((segment) => ({ ...segment, weight: segment.role === "rationale" ? 1 : 0 })),
    }),
  );

  it("is recorded, is 0 before the first update, and is reduced by its weight, also in full fine-tuning", async () => {
    for (const adapter of [lora({ rank: 2 }), "full"] as const) {
      const settings = { adapter, steps: 20, batch: 4, learningRate: 0.03 };
      const [free, bound] = [
        start({ ...settings, method: withDivergence(0) }),
        start({ ...settings, method: withDivergence(20) }),
      ];
      await Promise.all([free.finished, bound.finished]);
      expect(free.rows.at(0)!.kl).toBeCloseTo(0, 5);
      expect(free.rows.at(-1)!.kl).toBeGreaterThan(0.1);
      expect(bound.rows.at(-1)!.kl).toBeLessThan(0.3 * free.rows.at(-1)!.kl!);
    }
  });

  it("has the same value when measured and when recorded", async () => {
    expect(await meanDivergence(base, base, rationales)).toBeCloseTo(0, 6);
    const run = start({ steps: 10, batch: 4, method: withDivergence(0), learningRate: 0.03 });
    const next: number[] = [];
    host.onBreath = () => {};
    run.every(9, {
      name: "kl",
      measure: async (model) => {
        next.push(await meanDivergence(base, model, rationales));
        return {};
      },
    });
    await run.finished;
    expect(next[1]).toBeGreaterThan(0.01);
    expect(next[1]).toBeCloseTo(run.rows.at(9)!.kl!, 5);
  });

  it("needs two models with one vocabulary, and local models", async () => {
    const larger = await extendVocabulary(base, ["<velan>"]);
    await expect(meanDivergence(base, larger, samples)).rejects.toThrow(/their predictions cannot be compared/);
    const { generate, nll, name, digest } = base;
    await expect(meanDivergence(base, { generate, nll, name, digest }, samples)).rejects.toThrow(
      /KL needs a model that Palimpsest computes itself/,
    );
  });
});

const rounded = (value: number): number => Math.round(value * 1e8) / 1e8;
