import * as tf from "@tensorflow/tfjs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { linear, loraLinear } from "../../../cells/device/functions.ts";
import { kernelCalls } from "../../../cells/device/kernel.ts";
import { packWeights } from "../../../cells/device/pack-weights.ts";
import { useBackend } from "../model/backend.ts";
import { backends } from "./backends.ts";

const size = fc.integer({ min: 1, max: 40 });
/** Multiples of 16 are packed into panels on TensorFlow. */
const outputs = fc.oneof(size, fc.constantFrom(16, 32, 48));

describe.each(backends.filter((name) => name !== "webgpu"))("packed weights on %s", (backend) => {
  it("give the same results as the weights, also with an adapter and a bias, and are freed", async () => {
    await useBackend(backend);
    fc.assert(
      fc.property(
        size,
        size,
        outputs,
        fc.integer({ min: 1, max: 5 }),
        fc.boolean(),
        (rows, width, outputs, rank, biased) => {
          const before = tf.memory();
          const w = tf.randomNormal([outputs, width]);
          const free = (tensors: tf.Tensor[]): void => tf.dispose([w, ...tensors]);
          const [x, a, b] = [
            tf.randomNormal([rows, 1, width]),
            tf.randomNormal([rank, width]),
            tf.randomNormal([outputs, rank]),
          ];
          const bias = biased ? tf.randomNormal([outputs]) : undefined;
          const both = (): number[][] =>
            [linear(x, w as tf.Tensor2D, bias), loraLinear(x, w, a, b, 0.5, bias)].map((y) => {
              const values = [...y.dataSync()];
              expect(y.shape).toEqual([rows, 1, outputs]);
              y.dispose();
              return values;
            });
          const plain = both();
          // Two generations at the same time share the packed copy; it must stay until both have ended.
          const [one, other] = [packWeights([w]), packWeights([w])];
          one();
          const calls = kernelCalls("Linear");
          const packed = both();
          expect(kernelCalls("Linear")).toBe(calls + 1);
          other();
          for (const [which, values] of plain.entries()) {
            for (const [at, value] of values.entries()) {
              if (backend === "wasm") expect(packed[which]![at]).toBe(value);
              else expect(Math.abs(packed[which]![at]! - value)).toBeLessThan(1e-4);
            }
          }
          free([x, a, b, ...(bias ? [bias] : [])]);
          expect(tf.memory()).toMatchObject({ numTensors: before.numTensors, numBytes: before.numBytes });
        },
      ),
      { numRuns: 25 },
    );
  });
});
