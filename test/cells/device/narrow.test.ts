/** Weights held in 16 bits give the results of the widened weights, bit by bit, on the backends that widen them in products. */
import * as tf from "@tensorflow/tfjs";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { crossEntropy, droppedLoraLinear, embed, linear, loraLinear } from "../../../cells/device/functions.ts";
import type { StoredMatrix } from "../../../cells/device/matrix.ts";
import { heldBytes, narrowOf } from "../../../cells/device/narrow.ts";
import { packWeights } from "../../../cells/device/pack-weights.ts";
import { widen } from "../../../cells/device/widen.ts";
import { uploadWeight } from "../../../cells/model/upload.ts";
import { useBackend } from "../model/backend.ts";

/** Values around ±1, some of them subnormal. */
function stored(dtype: "BF16" | "F16", shape: [number, number], seed = 1): StoredMatrix {
  let state = seed;
  const bits = Uint16Array.from({ length: shape[0] * shape[1] }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    const exponent = dtype === "BF16" ? 120 + ((state >>> 8) % 8) : 12 + ((state >>> 8) % 4);
    const magnitude =
      dtype === "BF16" ? (exponent << 7) | ((state >>> 16) & 127) : (exponent << 10) | ((state >>> 16) & 1023);
    return ((state >>> 31) << 15) | (state % 97 === 0 ? magnitude & 0x7f : magnitude);
  });
  return { dtype, shape, bytes: new Uint8Array(bits.buffer) };
}

const size = fc.integer({ min: 1, max: 40 });
/** Beyond 256, sums and parts of a weight are made in several blocks. */
const long = fc.oneof(size, fc.integer({ min: 250, max: 600 }));
const dtype = fc.constantFrom("BF16" as const, "F16" as const);

/** The values of `compute` and its gradients, which must be equal for both weights. */
function same(given: StoredMatrix, compute: (w: tf.Tensor2D) => tf.Tensor[]): void {
  const before = tf.memory();
  const narrow = uploadWeight(given) as tf.Tensor2D;
  const wide = tf.tensor2d(widen(given).slice(), given.shape as [number, number]);
  expect(narrowOf(tf.backend(), narrow)?.dtype).toBe(given.dtype);
  expect(narrowOf(tf.backend(), wide)).toBeUndefined();
  const [ours, theirs] = [narrow, wide].map((w) => {
    const outputs = tf.tidy(() => compute(w));
    const values = outputs.map((output) => output.dataSync().slice());
    tf.dispose(outputs);
    return values;
  });
  expect(ours).toEqual(theirs);
  tf.dispose([narrow, wide]);
  expect(tf.memory()).toMatchObject({ numTensors: before.numTensors, numBytes: before.numBytes });
}

const gradientsOf = (xs: tf.Tensor[], compute: (...xs: tf.Tensor[]) => tf.Tensor): tf.Tensor[] => {
  const { value, grads } = tf.valueAndGrads(compute)(xs);
  return [value, ...grads];
};

describe.each(["wasm", "cpu"])("on %s", (backend) => {
  beforeAll(() => useBackend(backend));
  const runs = { numRuns: backend === "wasm" ? 25 : 6 };

  it("linear layers with and without LoRA and dropout have the same values and gradients", () => {
    fc.assert(
      fc.property(
        dtype,
        fc.integer({ min: 1, max: 40 }),
        long,
        long,
        fc.boolean(),
        (type, rows, width, outputs, biased) => {
          const [x, bias] = [tf.randomNormal([rows, width]), biased ? tf.randomNormal([outputs]) : undefined];
          const [a, b] = [tf.randomNormal([3, width]), tf.randomNormal([outputs, 3])];
          const places = Array.from({ length: Math.ceil((rows * width) / 3) }, (_, at) => 3 * at);
          const dropped = { places: tf.tensor1d(places, "int32"), factor: 1.5 };
          same(stored(type, [outputs, width]), (w) => [
            ...gradientsOf([x], (x) => linear(x!, w, bias)),
            ...gradientsOf([x, a, b], (x, a, b) => loraLinear(x!, w, a!, b!, 0.5, bias)),
            ...gradientsOf([x, a, b], (x, a, b) =>
              droppedLoraLinear(x!, w, { a: a!, b: b!, scale: 0.5 }, dropped, bias),
            ),
          ]);
          tf.dispose([x, a, b, dropped.places, ...(bias ? [bias] : [])]);
        },
      ),
      runs,
    );
  });

  it("cross-entropy and lookups have the same values and gradients, also over several chunks of rows", () => {
    fc.assert(
      fc.property(dtype, fc.integer({ min: 1, max: 140 }), size, long, (type, rows, width, vocab) => {
        const hidden = tf.randomNormal([rows, width]);
        const ids = tf.tensor1d(
          Array.from({ length: rows }, (_, row) => (row * 7) % vocab),
          "int32",
        );
        same(stored(type, [vocab, width]), (head) => [
          ...gradientsOf([hidden], (hidden) => crossEntropy(hidden!, head, ids)),
          embed(head, ids),
        ]);
        tf.dispose([hidden, ids]);
      }),
      runs,
    );
  });

  it("every other operation takes them, and reading gives the widened values", async () => {
    const given = stored("BF16", [19, 21]);
    const other = tf.randomNormal([19, 21]);
    same(given, (w) => [
      tf.add(w, other),
      tf.matMul(w, other, false, true),
      tf.gather(w, tf.tensor1d([3, 18, 0], "int32")),
      tf.concat([w, other, w], 0),
      tf.reshape(w, [21, 19]).add(1),
      tf.grad((w) => tf.sum(tf.square(linear(other, w as tf.Tensor2D))))(w),
    ]);
    const w = uploadWeight(given);
    expect(await w.data()).toEqual(widen(given));
    const shared = tf.reshape(w, [21, 19]);
    w.dispose();
    expect(await shared.data()).toEqual(widen(given));
    shared.dispose();
  });

  it("take two bytes per element, before and after a generation packs the weights", () => {
    const w = uploadWeight(stored("BF16", [64, 64]));
    const before = tf.memory().numTensors;
    packWeights([w])();
    expect([heldBytes(w), tf.memory().numTensors]).toEqual([2 * 64 * 64, before]);
    w.dispose();
  });

  it("keep their values when the backend changes", async () => {
    const given = stored("F16", [9, 10]);
    const w = uploadWeight(given);
    await useBackend(backend === "cpu" ? "wasm" : "cpu");
    const plus = tf.add(w, 0);
    expect(await plus.data()).toEqual(widen(given));
    expect(narrowOf(tf.backend(), w)).toBeUndefined();
    tf.dispose([w, plus]);
    await useBackend(backend);
  });
});
