/** A case's value and all its gradients on one backend, as plain numbers. */
import * as tf from "@tensorflow/tfjs";
import { type Case, noise } from "./cases.ts";

export type Evaluation = { readonly shape: number[]; readonly value: Float32Array; readonly gradients: Float32Array[] };

const sizeOf = (shape: readonly number[]) => shape.reduce((product, size) => product * size, 1);

/** The arguments of a case, the same on every backend. */
export function arguments_({ shapes }: Case): Float32Array[] {
  return shapes.map((shape, i) => noise(sizeOf(shape), i + 1));
}

/** Gradients are those of Σ y·c for fixed uneven c. */
export async function evaluate(backend: string, one: Case): Promise<Evaluation> {
  await tf.setBackend(backend);
  const [y, ...gradients] = tf.tidy(() => {
    const tensors = arguments_(one).map((values, i) => tf.tensor(values, [...one.shapes[i]!]));
    const y = one.of(...tensors);
    const c = tf.tensor(noise(y.size, 99), y.shape);
    return [y, ...tf.grads((...xs: tf.Tensor[]) => tf.sum(tf.mul(one.of(...xs), c)))(tensors)];
  });
  const [value, ...slopes] = await valuesOf([y!, ...gradients]);
  return { shape: y!.shape, value: value!, gradients: slopes };
}

/** What float tensors hold, copied off the device; the tensors are freed. */
export async function valuesOf(tensors: readonly tf.Tensor[]): Promise<Float32Array[]> {
  const values = await Promise.all(tensors.map((tensor) => tensor.data<"float32">()));
  const copies = values.map((value) => value.slice());
  tf.dispose([...tensors]);
  return copies;
}

/** Largest difference, relative to the largest magnitude of what is expected. */
export function difference(actual: Float32Array, expected: Float32Array): number {
  if (actual.length !== expected.length) return Number.POSITIVE_INFINITY;
  const largest = expected.reduce((most, x) => Math.max(most, Math.abs(x)), 1e-3);
  const gap = actual.reduce((most, x, i) => {
    const distance = Math.abs(x - expected[i]!);
    return Number.isNaN(distance) ? Number.POSITIVE_INFINITY : Math.max(most, distance);
  }, 0);
  return gap / largest;
}
