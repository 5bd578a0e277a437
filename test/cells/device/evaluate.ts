/** The value and all gradients of a case on one backend, as plain numbers. */
import * as tf from "@tensorflow/tfjs";
import { type Case, noise } from "./cases.ts";

export type Evaluation = { readonly shape: number[]; readonly value: Float32Array; readonly gradients: Float32Array[] };

const sizeOf = (shape: readonly number[]) => shape.reduce((product, size) => product * size, 1);

/** The arguments of a case, the same on every backend. */
export function arguments_({ shapes }: Pick<Case, "shapes">): Float32Array[] {
  return shapes.map((shape, i) => noise(sizeOf(shape), i + 1));
}

/** The factors c of a result of this shape: gradients are those of Σ y·c, where c is fixed and uneven. */
export function outputFactors(shape: readonly number[]): tf.Tensor {
  return tf.tensor(noise(sizeOf(shape), 99), [...shape]);
}

export async function evaluate(backend: string, one: Case): Promise<Evaluation> {
  await tf.setBackend(backend);
  const [y, ...gradients] = tf.tidy(() => {
    const tensors = arguments_(one).map((values, i) => tf.tensor(values, [...one.shapes[i]!]));
    const y = one.of(...tensors);
    const c = outputFactors(y.shape);
    return [y, ...tf.grads((...xs: tf.Tensor[]) => tf.sum(tf.mul(one.of(...xs), c)))(tensors)];
  });
  const [value, ...slopes] = await valuesOf([y!, ...gradients]);
  return { shape: y!.shape, value: value!, gradients: slopes };
}

/** The values of float tensors, copied off the device. Disposes the tensors. */
export async function valuesOf(tensors: readonly tf.Tensor[]): Promise<Float32Array[]> {
  const values = await Promise.all(tensors.map((tensor) => tensor.data<"float32">()));
  const copies = values.map((value) => value.slice());
  tf.dispose([...tensors]);
  return copies;
}

/** The largest magnitude among the values, at least 1e-3. Differences are relative to it. */
export function magnitude(values: Float32Array): number {
  return values.reduce((most, x) => Math.max(most, Math.abs(x)), 1e-3);
}

/** The largest difference, relative to the largest magnitude of the expected values. */
export function difference(actual: Float32Array, expected: Float32Array): number {
  if (actual.length !== expected.length) return Number.POSITIVE_INFINITY;
  const gap = actual.reduce((most, x, i) => {
    const distance = Math.abs(x - expected[i]!);
    return Number.isNaN(distance) ? Number.POSITIVE_INFINITY : Math.max(most, distance);
  }, 0);
  return gap / magnitude(expected);
}
