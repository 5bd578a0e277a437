/** A training resumes from its state as if it had never stopped, and starts from the state of another training, also at another rank. */
import * as tf from "@tensorflow/tfjs";
import fc from "fast-check";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Method } from "../../../../cells/contracts.ts";
import type { Matrix } from "../../../../cells/device/matrix.ts";
import { type BaseModel, chatModel } from "../../../../cells/model/chat-model.ts";
import { lora, loraScale } from "../../../../cells/model/lora.ts";
import { resizedPair } from "../../../../cells/train/run/adopt.ts";
import type { Training } from "../../../../cells/train/run/training.ts";
import { fineTuning, type TrainOptions, train } from "../../../../cells/train/train.ts";
import type { Sample } from "../../../../cells/types.ts";
import { type BareHost, bareHost } from "../../bare-host.ts";
import { useBackend } from "../../model/backend.ts";
import { tinyFolder } from "../../model/tiny.ts";

let host: BareHost;
let base: BaseModel;
beforeAll(() => useBackend("wasm"));
beforeEach(async () => {
  host = bareHost(5);
  base = await chatModel(await tinyFolder(host));
  return () => host.end();
});

const words = ["hello", "quick", "walks", "river", "see", "what", "time"];
const samples: Sample[] = words.map((word, at) => ({
  prompt: [{ role: "user", content: words.slice(0, 1 + (at % 3)).join(" ") }],
  segments: [
    { role: "translation", origin: "data", text: words[(at + 3) % words.length]!, weight: 1 },
    { role: "rationale", origin: "base", text: ` ${word}`, weight: 1 },
  ],
  endTurn: true,
}));
const method: Method = { name: "t", samples, per: "token", weight: () => 1, config: {}, knobs: {} };
const settings: TrainOptions = {
  method,
  adapter: lora({ rank: 2 }),
  steps: 10,
  batch: 3,
  warmup: 2,
  learningRate: 0.02,
  floor: 0.1,
  betas: [0.9, 0.99],
};

async function stepsOf(training: Training, from: number, to: number): Promise<number[]> {
  const losses: number[] = [];
  for (let step = from; step <= to; step += 1)
    losses.push((await training.step(step, ({ value }) => value)).columns.loss);
  return losses;
}

describe("a resumed training", () => {
  it.each<[string, Partial<TrainOptions>]>([
    [
      "a LoRA with dropout, accumulation, packing and checkpointing",
      {
        adapter: lora({ rank: 2, dropout: 0.3 }),
        accumulate: 2,
        packing: true,
        checkpointing: true,
      },
    ],
    ["all weights, with decay", { adapter: "full", weightDecay: 0.1, schedule: "cosine" }],
  ])("reaches the same losses and the same bytes: %s", async (_title, options) => {
    const uninterrupted = fineTuning(base, { ...settings, ...options });
    await uninterrupted.begin();
    const losses = await stepsOf(uninterrupted, 1, 10);

    const first = fineTuning(base, { ...settings, ...options });
    await first.begin();
    const early = await stepsOf(first, 1, 4);
    const state = await first.save();
    // Steps after the call must not change the saved state.
    await stepsOf(first, 5, 6);
    const second = fineTuning(base, { ...settings, ...options });
    await second.restore(state);
    expect([...early, ...(await stepsOf(second, 5, 10))]).toEqual(losses);
    expect(await second.save()).toEqual(await uninterrupted.save());
    // Restoring also works in the training that saved the state.
    await second.restore(state);
    expect(await stepsOf(second, 5, 10)).toEqual(losses.slice(4));
    for (const training of [uninterrupted, first, second]) training.dispose();
  });

  it("has its state read before the tensors are freed right after the call", async () => {
    const training = fineTuning(base, settings);
    await training.begin();
    await stepsOf(training, 1, 2);
    const before = await training.save();
    const last = training.save();
    training.dispose();
    expect(await last).toEqual(before);
  });

  it("rejects a state that was saved with other settings, names the differences and stays unchanged", async () => {
    const training = fineTuning(base, settings);
    await training.begin();
    await stepsOf(training, 1, 3);
    const state = await training.save();
    const others: [Partial<TrainOptions>, string][] = [
      [
        { batch: 4 },
        "The saved state was saved with other settings: batch is 3 in the saved state and 4 in this training.",
      ],
      [
        { adapter: lora({ rank: 3 }) },
        'adapter is {"rank":2,"alpha":4} in the saved state and {"rank":3,"alpha":6} in this training',
      ],
      [{ method: { ...method, samples: samples.slice(1) } }, "samples is"],
    ];
    for (const [options, message] of others) {
      const other = fineTuning(base, { ...settings, ...options });
      await other.begin();
      const before = await other.save();
      await expect(other.restore(state)).rejects.toThrow(message);
      expect(await other.save()).toEqual(before);
      other.dispose();
    }
    // Knobs are not settings: a fork continues with another learning rate.
    const fork = fineTuning(base, { ...settings, learningRate: 0.5 });
    await fork.restore(state);
    const [other] = await stepsOf(fork, 4, 5).then((losses) => losses.slice(1));
    const [same] = await stepsOf(training, 4, 5).then((losses) => losses.slice(1));
    expect(other).not.toBe(same);
    await expect(training.restore(new Uint8Array(20))).rejects.toThrow(
      /The saved state is not a valid safetensors file/,
    );
    training.dispose();
    fork.dispose();
  });
});

describe("a training that starts from another run", () => {
  const flat: TrainOptions = { ...settings, schedule: "constant", warmup: 0 };
  const losses = (run: { rows: Iterable<{ loss: number }> }): number[] => [...run.rows].map(({ loss }) => loss);

  it("at the same rank continues as if that run had not stopped", async () => {
    const adapter = lora({ rank: 2, dropout: 0.2 });
    const uninterrupted = await train(base, { ...flat, adapter }).finished;
    const first = await train(base, { ...flat, adapter, steps: 4 }).finished;
    const second = await train(base, { ...flat, adapter, steps: 6, from: first }).finished;
    expect([...losses(first), ...losses(second)]).toEqual(losses(uninterrupted));
    expect(await second.model.nll(samples)).toEqual(await uninterrupted.model.nll(samples));
  });

  it("at a higher rank or another scale starts with the same outputs, and then keeps learning", async () => {
    const from = await train(base, { ...flat, adapter: lora({ rank: 3, alpha: 4 }) }).finished;
    const learnt = await from.model.nll(samples);
    for (const adapter of [lora({ rank: 8, alpha: 40 }), lora({ rank: 5, rankStabilized: true })]) {
      const training = fineTuning(base, { ...flat, adapter, from });
      await training.begin();
      for (const [at, { nll }] of (await training.model.nll(samples)).entries())
        expect(nll).toBeCloseTo(learnt[at]!.nll, 4);
      const moved = await stepsOf(training, 1, 10);
      expect(moved.at(-1)).toBeLessThan(losses(from).at(-1)!);
      training.dispose();
    }
  });

  it("takes over only the linear layers that both adapters have", async () => {
    const from = await train(base, { ...flat, adapter: lora({ rank: 2, targets: ["q_proj", "v_proj"] }) }).finished;
    const training = fineTuning(base, { ...flat, adapter: lora({ rank: 2, targets: ["q_proj", "o_proj"] }), from });
    await training.begin();
    const values = (model: typeof training.model, layer: string) =>
      (model as BaseModel)
        .adapter!.tensors.get(`base_model.model.model.layers.0.self_attn.${layer}.lora_B.weight`)!
        .dataSync();
    expect(values(training.model, "q_proj")).toEqual(values(from.model as BaseModel, "q_proj"));
    expect(values(training.model, "o_proj").every((value) => value === 0)).toBe(true);
    await stepsOf(training, 1, 2);
    training.dispose();
  });

  it("rejects a run that trains something else, or was trained on another base", async () => {
    const from = await train(base, { ...flat, steps: 1 }).finished;
    await expect(train(base, { ...flat, adapter: "full", from }).finished).rejects.toThrow(
      "The run in `from` trains a LoRA, but this one trains all weights. Neither can be converted to the other.",
    );
    const other = await chatModel(await tinyFolder(host, { seed: 2 }));
    await expect(train(other, { ...flat, from }).finished).rejects.toThrow(/was trained on another base model/);
  });
});

describe("a resized pair of LoRA factors", () => {
  const matrix = (rows: number, columns: number, at: (index: number) => number): Matrix => ({
    shape: [rows, columns],
    values: Float32Array.from({ length: rows * columns }, (_, index) => at(index)),
  });
  const product = (a: Matrix, b: Matrix, scale: number): number[] => {
    const [rank, inputs] = a.shape as [number, number];
    return Array.from({ length: b.shape[0]! * inputs }, (_, at) => {
      const [row, column] = [Math.floor(at / inputs), at % inputs];
      return (
        scale *
        Array.from({ length: rank }, (_, i) => b.values[row * rank + i]! * a.values[i * inputs + column]!).reduce(
          (x, y) => x + y,
          0,
        )
      );
    });
  };
  const trained = (value: Matrix) => ({
    value,
    first: matrix(value.shape[0]!, value.shape[1]!, (i) => i + 1),
    second: matrix(value.shape[0]!, value.shape[1]!, (i) => i + 2),
  });

  it("has the same product at every higher rank and any scale, and can be converted back", () =>
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 0, max: 4 }),
        fc.integer({ min: 1, max: 40 }),
        fc.boolean(),
        fc.integer(),
        (rank, more, alpha, rankStabilized, seed) => {
          const value = (i: number): number => Math.sin(seed + i * 12.9898) * 3;
          const [from, to] = [lora({ rank }), lora({ rank: rank + more, alpha, rankStabilized })];
          const pair = { a: trained(matrix(rank, 5, value)), b: trained(matrix(3, rank, (i) => value(i + 99))) };
          const fresh = matrix(to.rank, 5, () => 7);
          const grown = resizedPair(pair, from, to, fresh);
          const [was, is] = [
            product(pair.a.value, pair.b.value, loraScale(from)),
            product(grown.a.value, grown.b.value, loraScale(to)),
          ];
          for (const [at, entry] of was.entries())
            expect(Math.abs(is[at]! - entry)).toBeLessThan(1e-5 * (1 + Math.abs(entry)));
          const back = resizedPair(
            grown,
            to,
            from,
            matrix(rank, 5, () => 7),
          );
          for (const [at, entry] of [...back.b.value.values, ...back.b.second.values].entries()) {
            expect(entry).toBeCloseTo([...pair.b.value.values, ...pair.b.second.values][at]!, 3);
          }
          expect([...grown.a.value.values.slice(rank * 5)].every((entry) => entry === 7)).toBe(true);
          expect([...grown.a.first.values.slice(rank * 5)].every((entry) => entry === 0)).toBe(true);
        },
      ),
    ));

  it("keeps the largest components, and scales the moments like the gradient", () => {
    const a = trained({ shape: [3, 2], values: Float32Array.of(1, 0, 0, 9, 2, 2) });
    const b = trained({ shape: [2, 3], values: Float32Array.of(5, 0.1, 1, 0, 0, 1) });
    const small = resizedPair(
      { a, b },
      lora({ rank: 3, alpha: 6 }),
      lora({ rank: 2, alpha: 1 }),
      matrix(2, 2, () => 0),
    );
    expect([...small.a.value.values]).toEqual([1, 0, 2, 2]);
    // The scale falls from 2 to 1/2, so B becomes four times as large and its gradient a quarter.
    expect([...small.b.value.values]).toEqual([20, 4, 0, 4]);
    expect([...small.b.first.values]).toEqual([1 / 4, 3 / 4, 4 / 4, 6 / 4]);
    expect([...small.b.second.values]).toEqual([2 / 16, 4 / 16, 5 / 16, 7 / 16]);
    expect([...small.a.first.values]).toEqual([1, 2, 5, 6]);
  });
});

it("frees all of its tensors", async () => {
  const before = tf.memory().numTensors;
  const from = fineTuning(base, settings);
  await from.begin();
  const training = fineTuning(base, { ...settings, adapter: lora({ rank: 4 }), from: { state: () => from.save() } });
  await training.begin();
  await training.restore(await training.save());
  from.dispose();
  training.dispose();
  expect(tf.memory().numTensors).toBe(before);
});
