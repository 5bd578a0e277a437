import * as tf from "@tensorflow/tfjs";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Method, Run } from "../../../cells/contracts.ts";
import { droppedLoraLinear } from "../../../cells/device/functions.ts";
import { type BaseModel, chatModel } from "../../../cells/model/chat-model.ts";
import { dropout } from "../../../cells/model/dropout.ts";
import { type LoraConfig, lora } from "../../../cells/model/lora.ts";
import { loadAdapter } from "../../../cells/model/tuned-folder.ts";
import { extendVocabulary } from "../../../cells/model/vocabulary.ts";
import { random } from "../../../cells/random.ts";
import { train } from "../../../cells/train/train.ts";
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

const samplesOf = (text: string): Sample[] =>
  ["hello", "quick", "river"].map((word) => ({
    prompt: [{ role: "user", content: word }],
    segments: [{ role: "translation", origin: "data", text, weight: 1 }],
    endTurn: true,
  }));
const samples = samplesOf("what time");

async function trained(adapter: LoraConfig | "full", model = base, on = samples): Promise<Run> {
  const method: Method = { name: "t", samples: on, per: "token", weight: () => 1, config: {}, knobs: {} };
  const run = train(model, {
    method,
    adapter,
    steps: 8,
    batch: 3,
    warmup: 1,
    learningRate: 0.02,
    floor: 0.1,
    betas: [0.9, 0.99],
  });
  return run.finished;
}
const losses = (run: Run): number[] => [...run.rows].map(({ loss }) => loss);
const writeRun = async (at: number, to: string): Promise<void> => {
  for (const [path, data] of host.runs[at]!.files) await host.writeFile(`${to}/${path}`, data);
};

describe("dropout", () => {
  it("depends on the seed, acts only during training, and keeps the expected sum", async () => {
    const plain = await trained(lora({ rank: 4 }));
    const [first, again] = [
      await trained(lora({ rank: 4, dropout: 0.5 })),
      await trained(lora({ rank: 4, dropout: 0.5 })),
    ];
    expect(losses(first)).toEqual(losses(again));
    // B is zero before the first update, so dropping inputs of A has no effect yet.
    expect(losses(first)[0]).toBeCloseTo(losses(plain)[0]!, 5);
    expect(losses(first)[4]).not.toBeCloseTo(losses(plain)[4]!, 5);
    expect(await first.model.nll(samples)).toEqual(await first.model.nll(samples));
    expect(await first.model.nll(samples)).toEqual(await again.model.nll(samples));
    expect(host.runs[1]!.meta.config).toMatchObject({ rank: 4, dropout: 0.5 });

    const drawn = dropout(0.25, (place) => random(1, place));
    const placesIn = (layer: string): number[] => [...tf.tidy(() => drawn.dropped(layer, 2000).places.dataSync())];
    const places = placesIn("a");
    expect(Math.abs(drawn.dropped("a", 2000).factor * (2000 - places.length) - 2000)).toBeLessThan(0.06 * 2000);
    expect(placesIn("a")).toEqual(places);
    expect(placesIn("b")).not.toEqual(places);
  });

  it.each([0.01, 0.05, 0.25, 0.4])("drops each element independently with the rate %s", (rate) => {
    const size = 200_000;
    const drawn = dropout(rate, (place) => random(1, place));
    const places = [...tf.tidy(() => drawn.dropped("a", size).places.dataSync())];
    expect(new Set(places).size).toBe(places.length);
    expect(places).toEqual(places.toSorted((one, other) => one - other));
    expect(places.every((place) => place >= 0 && place < size)).toBe(true);
    const near = (count: number, probability: number, of = size): void => {
      const deviation = Math.sqrt(of * probability * (1 - probability));
      expect(Math.abs(count - of * probability)).toBeLessThan(4 * deviation);
    };
    const [dropped, first] = [places.length, places.filter((place) => place < size / 10).length];
    const pairs = places.filter((place, at) => places[at + 1] === place + 1).length;
    near(dropped, rate);
    near(pairs, rate * rate);
    near(first, rate, size / 10);
  });

  it("has the values and gradients of its plain operations", async () => {
    const shapes = { x: [5, 12], w: [7, 12], a: [3, 12], b: [7, 3] } as const;
    const [x, w, a, b] = Object.values(shapes).map((shape) => tf.randomNormal([...shape])) as [
      tf.Tensor,
      tf.Tensor,
      tf.Tensor,
      tf.Tensor,
    ];
    const bias = tf.randomNormal([7]);
    const dropped = dropout(0.2, (place) => random(1, place)).dropped("a", 60);
    const places = new Set(dropped.places.dataSync());
    const mask = tf.tensor2d(
      Float32Array.from({ length: 60 }, (_, at) => (places.has(at) ? 0 : 1.25)),
      [5, 12],
    );
    const fused = tf.valueAndGrads((x, a, b) =>
      tf.square(droppedLoraLinear(x!, w, { a: a!, b: b!, scale: 0.7 }, dropped, bias)),
    );
    const plain = tf.valueAndGrads((x, a, b) => {
      const [base, low] = [tf.matMul(x!, w, false, true), tf.matMul(tf.mul(x!, mask), a!, false, true)];
      return tf.square(tf.add(tf.add(base, bias), tf.mul(tf.matMul(low, b!, false, true), 0.7)));
    });
    const [ours, theirs] = [fused([x, a, b]), plain([x, a, b])];
    for (const [at, own] of [ours.value, ...ours.grads].entries()) {
      const other = [theirs.value, ...theirs.grads][at]!;
      expect(own.shape).toEqual(other.shape);
      for (const [place, value] of (await other.data()).entries())
        expect((await own.data())[place]).toBeCloseTo(value, 3);
    }
  });
});

describe("full fine-tuning", () => {
  it("changes every weight of its copy, leaves the base unchanged, and writes a model folder", async () => {
    const before = await base.nll(samples);
    const run = await trained("full");
    expect(losses(run).at(-1)).toBeLessThan(losses(run)[0]! - 1);
    expect(await base.nll(samples)).toEqual(before);
    await writeRun(0, "full");
    const model = await chatModel("full/model");
    expect(await model.nll(samples)).toEqual(await run.model.nll(samples));
    for (const [name, weight] of model.decoder.weights) {
      expect(weight.dataSync(), name).not.toEqual(base.decoder.weights.get(name)!.dataSync());
    }
    expect(host.runs[0]!.meta.config).toMatchObject({ adapter: "full" });
  });
});

describe("fully trained modules beside a LoRA", () => {
  it("are trained and saved with the adapter: here the embeddings of new tokens", async () => {
    const larger = await extendVocabulary(base, ["<velan>"]);
    const on = samplesOf("<velan> time");
    const before = await larger.nll(on);
    const run = await trained(lora({ rank: 2, targets: ["q_proj"], modulesToSave: ["embed_tokens"] }), larger, on);
    const after = await run.model.nll(on);
    expect(after[0]!.nll).toBeLessThan(before[0]!.nll - 0.5);
    await writeRun(0, "run");
    const loaded = await loadAdapter(base, "run/adapter");
    expect(await loaded.nll(on)).toEqual(after);
    expect([...loaded.adapter!.tensors.keys()]).toEqual([
      ...["A", "B"].map((factor) => `base_model.model.model.layers.0.self_attn.q_proj.lora_${factor}.weight`),
      "base_model.model.model.embed_tokens.weight",
    ]);
    expect(await larger.nll(on)).toEqual(before);
  });
});
