/** Every device function at random shapes on every backend, value and gradients, against the reference on `cpu`. */
import * as tf from "@tensorflow/tfjs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  attention,
  crossEntropy,
  embed,
  linear,
  loraLinear,
  rmsNorm,
  rope,
  swiglu,
} from "../../../cells/device/functions.ts";
import { backends } from "./backends.ts";
import { type Case, noise } from "./cases.ts";
import { arguments_, difference, evaluate, magnitude, outputFactors } from "./evaluate.ts";

type Shaped = Pick<Case, "shapes" | "of"> & {
  /** For the first gradients: the terms whose difference a gradient is, where it may be far smaller than they are. */
  readonly terms?: ((...tensors: tf.Tensor[]) => tf.Tensor[]) | undefined;
};

/**
 * Roundings to float32 on the way to a difference of terms: about a dozen in each of the two results that are compared. Their
 * errors are relative to the terms and do not shrink when the terms cancel.
 */
const roundings = 2 * 12;

/** The relative difference that is allowed for each gradient: 1e-5, or what rounding the cancelling terms leaves. */
async function allowedFor({ shapes, terms }: Shaped, expected: readonly Float32Array[]): Promise<number[]> {
  await tf.setBackend("cpu");
  const largest = tf.tidy(() => {
    const tensors = arguments_({ shapes }).map((values, i) => tf.tensor(values, [...shapes[i]!]));
    return (terms?.(...tensors) ?? []).map((term) => magnitude(term.dataSync<"float32">()));
  });
  return expected.map((values, i) => Math.max(1e-5, (roundings * 2 ** -24 * (largest[i] ?? 0)) / magnitude(values)));
}

/**
 * The terms of attention's gradients to q and k, where each query sees its own key alone. There the probability is 1, and
 * dq = p·(dp − p·dp)·scale·k cancels to zero; dp is a sum over the head, whose roundings are relative to Σ |dy·v|.
 */
function termsOfOneKey(q: tf.Tensor, k: tf.Tensor, v: tf.Tensor): tf.Tensor[] {
  const [batch, time, kvHeads, width] = k.shape as [number, number, number, number];
  const grouped = (x: tf.Tensor): tf.Tensor => tf.abs(tf.reshape(x, [batch, time, kvHeads, -1, width]));
  const slopes = tf.sum(tf.mul(grouped(outputFactors(q.shape)), grouped(v)), 4, true);
  const scaled = tf.div(slopes, Math.sqrt(width));
  return [tf.mul(scaled, grouped(k)), tf.sum(tf.mul(scaled, grouped(q)), 3)];
}

const size = (max: number) => fc.integer({ min: 1, max });
const integers = (values: readonly number[], shape: number[]) => tf.tensor([...values], shape, "int32");

const functions: Record<string, fc.Arbitrary<Shaped>> = {
  linear: fc.tuple(size(70), size(40), size(70), fc.boolean()).map(([rows, width, outputs, biased]) => ({
    shapes: [[rows, width], [outputs, width], ...(biased ? [[outputs]] : [])],
    of: (x, w, bias) => linear(x!, w!, bias),
  })),
  loraLinear: fc.tuple(size(9), size(3), size(20), size(70), size(9)).map(([batch, time, width, outputs, rank]) => ({
    shapes: [
      [batch, time, width],
      [outputs, width],
      [rank, width],
      [outputs, rank],
    ],
    of: (x, w, a, b) => loraLinear(x!, w!, a!, b!, 1.5),
  })),
  rmsNorm: fc.tuple(size(5), size(4), size(150)).map(([batch, time, width]) => ({
    shapes: [[batch, time, width], [width]],
    of: (x, weight) => rmsNorm(x!, weight!, 1e-6),
    // dx = s·g − s³·x·mean(g·x) with g = dy·weight and s = 1 ÷ √(mean(x²) + eps). At width 1 the terms cancel but for eps.
    terms: (x, weight) => {
      const s = tf.rsqrt(tf.add(tf.mean(tf.square(x!), 2, true), 1e-6));
      return [tf.mul(s, tf.mul(outputFactors(x!.shape), weight!))];
    },
  })),
  swiglu: fc.tuple(size(7), size(50)).map((shape) => ({
    shapes: [shape, shape],
    of: (gate, up) => swiglu(tf.mul(gate!, 5), up!),
  })),
  rope: fc.tuple(size(3), size(5), size(3), size(20), fc.nat(120_000)).map(([batch, time, heads, half, far]) => ({
    shapes: [[batch, time, heads, 2 * half]],
    of(x) {
      const places = Array.from({ length: batch * time }, (_, i) => Math.floor((far * i) / (batch * time)));
      const frequencies = Float32Array.from({ length: half }, (_, i) => 10_000 ** (-i / half));
      return rope(x!, integers(places, [batch, time]), tf.tensor1d(frequencies));
    },
  })),
  attention: fc
    .tuple(size(2), size(70), size(3), size(3), size(70), fc.nat(2), fc.option(size(9), { nil: undefined }))
    .map(([batch, time, kvHeads, group, width, segment, window]) => ({
      shapes: [
        [batch, time, kvHeads * group, width],
        [batch, time, kvHeads, width],
        [batch, time, kvHeads, width],
      ],
      of(q, k, v) {
        const marks = Array.from(
          { length: batch * time },
          (_, i) => (segment ? Math.floor((i % time) / 5) % 3 : 1) - 1,
        );
        return attention(q!, k!, v!, integers(marks, [batch, time]), window === undefined ? {} : { window });
      },
      // With segments the first five tokens are padding, so at a length of six only the last one counts.
      terms: time === 1 || window === 1 || (segment > 0 && time === 6) ? termsOfOneKey : undefined,
    })),
  embed: fc
    .tuple(size(30), size(20), fc.array(fc.nat(1000), { minLength: 1, maxLength: 90 }))
    .map(([rows, width, ids]) => ({
      shapes: [[rows, width]],
      of: (table) =>
        embed(
          table!,
          integers(
            ids.map((id) => id % rows),
            [ids.length],
          ),
        ),
    })),
  // With a vocabulary of one token the likelihood would always be 1.
  crossEntropy: fc.tuple(size(90), size(20), fc.integer({ min: 3, max: 300 })).map(([rows, width, vocabulary]) => ({
    shapes: [
      [rows, width],
      [vocabulary, width],
    ],
    of(hidden, head) {
      const targets = noise(rows, 7).map((x) => Math.floor(((x + 1) / 2) * vocabulary) % vocabulary);
      return crossEntropy(hidden!, head!, integers([...targets], [rows]));
    },
  })),
};

describe.each(backends)("on %s", { timeout: 90_000 }, (backend) => {
  test.each(Object.entries(functions))("%s", async (name, shaped) => {
    await fc.assert(
      fc.asyncProperty(shaped, async (drawn) => {
        const one = { name, kernels: [], ...drawn };
        const [expected, actual] = [await evaluate("cpu", one), await evaluate(backend, one)];
        expect(actual.shape).toEqual(expected.shape);
        expect(difference(actual.value, expected.value)).toBeLessThan(5e-6);
        const allowed = await allowedFor(drawn, expected.gradients);
        for (const [i, gradient] of actual.gradients.entries()) {
          expect(difference(gradient, expected.gradients[i]!), `gradient ${i}`).toBeLessThan(allowed[i]!);
        }
      }),
      { numRuns: backend === "webgpu" ? 3 : 10 },
    );
  });
});
