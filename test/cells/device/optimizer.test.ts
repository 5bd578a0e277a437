/** AdamW and the global norm, compared with the formulas in double precision. */
import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, test } from "vitest";
import { adamw, sumOfSquares } from "../../../cells/device/functions.ts";
import { backends } from "./backends.ts";
import { noise } from "./cases.ts";
import { difference, valuesOf } from "./evaluate.ts";

const settings = { learningRate: 0.01, beta1: 0.9, beta2: 0.99, eps: 1e-8, weightDecay: 0.1, gradScale: 0.5 };

describe.each(["cpu", ...backends])("on %s", (backend) => {
  beforeAll(() => tf.setBackend(backend));

  test("five updates agree with PyTorch's AdamW and leave no tensors behind", async () => {
    const before = tf.memory().numTensors;
    const size = 11;
    const p = Array.from(noise(size, 1));
    const m = new Array<number>(size).fill(0);
    const v = new Array<number>(size).fill(0);
    let state = [tf.tensor1d(p), tf.zeros([size]), tf.zeros([size])];
    for (let step = 1; step <= 5; step++) {
      const g = noise(size, step + 1);
      for (let i = 0; i < size; i++) {
        const slope = g[i]! * settings.gradScale;
        p[i]! *= 1 - settings.learningRate * settings.weightDecay;
        m[i] = settings.beta1 * m[i]! + (1 - settings.beta1) * slope;
        v[i] = settings.beta2 * v[i]! + (1 - settings.beta2) * slope * slope;
        const spread = Math.sqrt(v[i]! / (1 - settings.beta2 ** step)) + settings.eps;
        p[i]! -= (settings.learningRate * (m[i]! / (1 - settings.beta1 ** step))) / spread;
      }
      const grad = tf.tensor1d(g);
      const next = adamw(state[0]!, grad, state[1]!, state[2]!, { ...settings, step });
      tf.dispose([grad, ...state]);
      state = next;
    }
    const values = await valuesOf(state);
    [p, m, v].forEach((expected, i) => {
      expect(difference(values[i]!, Float32Array.from(expected))).toBeLessThan(2e-6);
    });
    expect(tf.memory().numTensors).toBe(before);
  });

  test("the sum of squares includes all tensors, also many and large ones", async () => {
    const tensors = Array.from({ length: 20 }, (_, i) => noise(i === 7 ? 40_000 : 13 + i, i + 1));
    const expected = tensors.reduce((sum, tensor) => tensor.reduce((part, x) => part + x * x, sum), 0);
    const sum = tf.tidy(() => sumOfSquares(tensors.map((values) => tf.tensor1d(values))));
    expect(sum.shape).toEqual([]);
    const [value] = await valuesOf([sum]);
    expect(value![0]! / expected).toBeCloseTo(1, 5);
  });
});
