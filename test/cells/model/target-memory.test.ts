/** The logits of all targets are never in memory at the same time, neither in the forward nor in the backward pass. */
import * as tf from "@tensorflow/tfjs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { crossEntropy } from "../../../cells/device/functions.ts";
import { gradientsOf } from "../../../cells/device/gradient.ts";
import { tokenDivergence } from "../../../cells/model/divergence.ts";
import { useBackend } from "./backend.ts";

const [targets, vocabulary, width] = [640, 16_384, 4];

describe("on wasm", () => {
  beforeEach(async () => {
    await useBackend("wasm");
    tf.engine().startScope();
  });
  afterEach(() => tf.engine().endScope());

  it("the output layer works in chunks, for the loss and for the divergence", async () => {
    // The scratch memory of fused kernels comes from here too.
    const device = tf.backend() as unknown as { makeOutput?: (shape: number[], dtype: string) => unknown };
    const make = device.makeOutput;
    let largest = 0;
    const note = (shape: readonly number[]): void => {
      largest = Math.max(
        largest,
        shape.reduce((product, n) => product * n, 1),
      );
    };
    if (make) {
      device.makeOutput = function (this: unknown, shape, dtype) {
        note(shape);
        return make.call(device, shape, dtype);
      };
    }
    const hidden = tf.randomUniform([targets, width]);
    const [base, head] = [tf.randomUniform([targets, width]), tf.randomUniform([vocabulary, width])];
    const ids = tf.zeros([targets], "int32");
    try {
      const { kernels } = await tf.profile(() => {
        const sum = (): tf.Tensor =>
          tf.add(
            tf.sum(crossEntropy(hidden, head, ids)),
            tf.sum(tokenDivergence({ hidden: base, head }, { hidden, head })),
          );
        return gradientsOf(sum, [hidden]).gradients as tf.Tensor[];
      });
      for (const { outputShapes } of kernels) for (const shape of outputShapes) note(shape ?? []);
    } finally {
      if (make) device.makeOutput = make;
    }
    expect(largest).toBeGreaterThan(vocabulary);
    expect(largest).toBeLessThan(0.5 * targets * vocabulary);
  });
});
