/** On every backend, each device function gives the value and gradients of its reference, and uses the form that it should. */
import * as tf from "@tensorflow/tfjs";
import { describe, expect, test } from "vitest";
import { kernelCalls, kernelForms } from "../../../cells/device/functions.ts";
import { backends } from "./backends.ts";
import { cases, noise } from "./cases.ts";
import { arguments_, difference, evaluate } from "./evaluate.ts";

describe.each(cases)("$name", (one) => {
  test.each(backends)(
    "on %s: the value and gradients of the reference, computed by the backend's form, the same bits each time",
    async (backend) => {
      const expected = await evaluate("cpu", one);
      const counts = () =>
        one.kernels.map((kernel) => [kernelCalls(kernel), kernelCalls(kernel, "reference")] as const);
      const before = counts();
      const actual = await evaluate(backend, one);
      for (const [i, [fused, reference]] of counts().entries()) {
        const ran = { fused: fused > before[i]![0], reference: reference > before[i]![1] };
        const form = kernelForms().get(one.kernels[i]!)![backend];
        expect(ran[form], one.kernels[i]).toBe(true);
        // TensorFlow's forms use the reference for some shapes.
        if (backend !== "tensorflow") expect(ran.fused && ran.reference, one.kernels[i]).toBe(false);
      }
      expect(actual.shape).toEqual(expected.shape);
      expect(difference(actual.value, expected.value)).toBeLessThan(3e-6);
      actual.gradients.forEach((gradient, i) => {
        expect(difference(gradient, expected.gradients[i]!), `gradient ${i}`).toBeLessThan(5e-6);
      });
      expect(await evaluate(backend, one)).toEqual(actual);
    },
  );

  test("the reference's gradients are the slopes of its value", async () => {
    await tf.setBackend("cpu");
    const { gradients } = await evaluate("cpu", one);
    const values = arguments_(one);
    const scalar = (xs: Float32Array[]): number =>
      tf.tidy(() => {
        const y = one.of(...xs.map((x, i) => tf.tensor(x, [...one.shapes[i]!])));
        const c = noise(y.size, 99);
        return y.dataSync<"float32">().reduce((sum, value, i) => sum + value * c[i]!, 0);
      });
    values.forEach((x, i) => {
      const largest = gradients[i]!.reduce((most, slope) => Math.max(most, Math.abs(slope)), 0.1);
      for (const place of new Set([0, x.length >> 1, x.length - 1])) {
        const shifted = (by: number) => values.map((v, j) => (j === i ? v.with(place, v[place]! + by) : v));
        const h = 2e-3;
        const slope = (scalar(shifted(h)) - scalar(shifted(-h))) / (2 * h);
        expect(Math.abs(slope - gradients[i]![place]!) / largest, `input ${i} at ${place}`).toBeLessThan(2e-2);
      }
    });
  });

  test("leaves no tensor behind", async () => {
    for (const backend of ["cpu", ...backends]) {
      await tf.setBackend(backend);
      const before = tf.memory();
      await evaluate(backend, one);
      const after = tf.memory();
      expect([after.numTensors, after.numBytes], backend).toEqual([before.numTensors, before.numBytes]);
    }
  });
});
