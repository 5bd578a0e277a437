/** Micro-batches, packing and gradient checkpointing do not change loss or gradients. */
import * as tf from "@tensorflow/tfjs";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Adapter, freshAdapter } from "../../../../cells/model/adapter.ts";
import type { Decoder } from "../../../../cells/model/decoder.ts";
import { dropout } from "../../../../cells/model/dropout.ts";
import type { EncodedSample } from "../../../../cells/model/encoded-sample.ts";
import { layOut, type TargetBatch } from "../../../../cells/model/target-rows.ts";
import { random } from "../../../../cells/random.ts";
import { microBatches } from "../../../../cells/train/step/batches.ts";
import type { Learner } from "../../../../cells/train/step/learner.ts";
import type { Objective } from "../../../../cells/train/step/loss.ts";
import { packRows } from "../../../../cells/train/step/packing.ts";
import { gradients } from "../../../../cells/train/step/update.ts";
import { bareHost } from "../../bare-host.ts";
import { useBackend } from "../../model/backend.ts";
import { filledAdapter, handModel, handSamples } from "./by-hand.ts";

const objectives: Objective[] = [
  { per: "token", weight: (role) => (role === "rationale" ? 0.25 : 1) },
  { per: "role", weight: (role) => (role === "rationale" ? 2 : 1) },
];
const withDivergence: Objective = { ...objectives[0]!, divergence: { role: "rationale", weight: 3 } };

type Step = { readonly loss: number; readonly gradients: Map<string, Float32Array> };

async function stepOf(
  { decoder, adapter }: { decoder: Decoder; adapter: Adapter },
  step: readonly TargetBatch[],
  objective: Objective,
  how: Partial<Learner> = {},
): Promise<Step> {
  const learner = { decoder, adapter, parameters: adapter.tensors, ...how };
  const { loss, gradients: found } = await gradients(learner, step, objective);
  const read = new Map([...found].map(([name, tensor]) => [name, tensor.dataSync<"float32">().slice()]));
  tf.dispose([...found.values()]);
  return { loss, gradients: read };
}

function expectSame(one: Step, other: Step): void {
  expect(Math.abs(one.loss / other.loss - 1)).toBeLessThan(1e-6);
  expect([...one.gradients.keys()]).toEqual([...other.gradients.keys()]);
  for (const [name, values] of one.gradients) {
    const norm = Math.hypot(...values);
    const gap = Math.hypot(...values.map((value, at) => value - other.gradients.get(name)![at]!));
    expect(gap / norm, name).toBeLessThan(1e-5);
  }
}

const cut = (samples: readonly EncodedSample[], size: number): TargetBatch[] =>
  Array.from({ length: samples.length / size }, (_, at) => layOut(samples.slice(at * size, (at + 1) * size), 8));

describe.each(["wasm", "cpu"])("on %s", (backend) => {
  beforeEach(async () => {
    await useBackend(backend);
    bareHost();
    tf.engine().startScope();
  });
  afterEach(() => tf.engine().endScope());

  it("four micro-batches of 4 give the same as one batch of 16, for both normalisations and unequal lengths", async () => {
    const [model, samples] = [handModel(), handSamples(16)];
    for (const objective of [...objectives, withDivergence]) {
      const single = await stepOf(model, [layOut(samples, 8)], objective);
      expectSame(await stepOf(model, cut(samples, 4), objective), single);
      expectSame(await stepOf(model, microBatches(samples, { batch: 4 }), objective), single);
    }
  });

  it("packed rows give the loss and the gradients of padded rows", async () => {
    const samples = handSamples(9, 3);
    // If samples of one row were not kept apart, a sliding window and trained embeddings would show it first.
    const windowed = handModel({ windows: [3, 0] });
    const full = { ...windowed, adapter: freshAdapter(windowed.decoder, "full", Math.random) };
    for (const model of [windowed, full]) {
      const padded = await stepOf(model, [layOut(samples, 8)], withDivergence);
      for (const packing of [true, 40]) {
        const packed = microBatches(samples, { batch: 9, packing });
        expect(packed[0]!.rows).toBeLessThan(packing === true ? 8 : 4);
        expect(packed[0]!.tokens).toBe(samples.reduce((sum, { ids }) => sum + ids.length, 0));
        expectSame(await stepOf(model, packed, withDivergence), padded);
      }
    }
  });

  it("gradient checkpointing gives the same bits in less memory: with dropout, trained embeddings, one adapted layer, all weights", async () => {
    const samples = handSamples(12, 5);
    const laid = cut(samples, 6);
    const masks = (micro: number) => dropout(0.3, (place) => random(7, `${micro} ${place}`));
    const model = handModel({ layers: 4 });
    const adapters: Adapter[] = [
      model.adapter,
      filledAdapter(model.decoder, { rank: 2, alpha: 4, modulesToSave: ["embed_tokens"] }),
      filledAdapter(model.decoder, { rank: 2, alpha: 4, layers: [2], targets: ["q_proj"] }),
      freshAdapter(model.decoder, "full", Math.random),
    ];
    for (const adapter of adapters) {
      const learner = { decoder: model.decoder, adapter };
      const before = tf.memory().numTensors;
      const plain = await stepOf(learner, laid, withDivergence, { dropout: masks });
      expect(await stepOf(learner, laid, withDivergence, { dropout: masks, checkpointing: true })).toEqual(plain);
      expect(tf.memory().numTensors).toBe(before);
    }
    const peaks: number[] = [];
    for (const checkpointing of [false, true]) {
      const begin = tf.memory().numBytes;
      const learner = { ...model, parameters: model.adapter.tensors, checkpointing };
      const { peakBytes } = await tf.profile(async () => {
        tf.dispose([...(await gradients(learner, [layOut(samples, 8)], objectives[0]!)).gradients.values()]);
        return [];
      });
      peaks.push(peakBytes - begin);
    }
    expect(peaks[1]).toBeLessThan(0.6 * peaks[0]!);
  });
});

describe("packing", () => {
  it("puts each sample into one row, overfills no row and opens no unnecessary row", () =>
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1 }),
        fc.integer({ min: 50, max: 120 }),
        (lengths, room) => {
          const rows = packRows(lengths, room);
          expect(rows.flat().toSorted((a, b) => a - b)).toEqual([...lengths.keys()]);
          const filled = rows.map((row) => row.reduce((sum, at) => sum + lengths[at]!, 0));
          expect(Math.max(...filled)).toBeLessThanOrEqual(room);
          for (const [at, row] of rows.entries()) {
            for (const earlier of filled.slice(0, at)) expect(earlier + lengths[row[0]!]!).toBeGreaterThan(room);
          }
        },
      ),
    ));

  it("counts positions from 0 in each sample and separates the samples of a row", () => {
    const sample = (ids: number[]): EncodedSample => ({ ids, spans: [{ role: "text", weight: 1, from: 1, to: 2 }] });
    const [batch] = microBatches([sample([5, 6]), sample([1, 2, 3]), sample([7, 8, 9])], { batch: 3, packing: 5 });
    expect([batch!.rows, batch!.time, batch!.tokens]).toEqual([2, 8, 8]);
    expect([...batch!.ids]).toEqual([1, 2, 3, 5, 6, 0, 0, 0, 7, 8, 9, 0, 0, 0, 0, 0]);
    expect([...batch!.positions.slice(0, 5), ...batch!.positions.slice(8, 11)]).toEqual([0, 1, 2, 0, 1, 0, 1, 2]);
    expect([...batch!.segments]).toEqual([0, 0, 0, 1, 1, -1, -1, -1, 0, 0, 0, -1, -1, -1, -1, -1]);
    expect([[...batch!.places], [...batch!.targets], [...batch!.samples]]).toEqual([
      [0, 3, 8],
      [2, 6, 8],
      [0, 1, 2],
    ]);
  });

  it("rejects a sample longer than a row, with both lengths", () => {
    expect(() => packRows([4, 30], 20)).toThrow(
      "a sample has 30 tokens, but a packed row has 20. Set packing to 30 or more",
    );
  });
});
