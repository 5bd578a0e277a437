/**
 * LoRA's dropout: during training some inputs of the low-rank part are set to 0; the frozen part sees all inputs. Each step and each
 * linear layer has its own random mask. Masks are drawn by layer name and not by call order, so a layer that is computed a second
 * time for its gradient (gradient checkpointing) gets the same mask.
 */
import * as tf from "@tensorflow/tfjs";
import { linear } from "../device/functions.ts";
import { linearInputGradient, linearWeightGradient } from "../device/linear.ts";
import { log } from "../portable-math.ts";
import type { Random } from "../random.ts";
import type { LoraPair } from "./adapter.ts";

export interface Dropout {
  /** Of the given shape: 0 for dropped elements, 1 ÷ (1 − rate) for the others, which keeps the expected sum. */
  mask(layer: string, shape: readonly number[]): tf.Tensor;
}

/** @param draws returns, for a layer's name, its own source of random numbers */
export function dropout(rate: number, draws: (layer: string) => Pick<Random, "choices" | "uniform">): Dropout {
  return {
    mask(layer, shape) {
      const size = shape.reduce((product, n) => product * n, 1);
      return tf.tensor(drawn(draws(layer), size, rate), [...shape]);
    },
  };
}

/** The highest rate at which drawing the gaps is faster than drawing each element. */
const rareUpTo = 0.25;

/** Few elements are dropped, so what is drawn is how many are kept before the next one: geometric, as with a draw for each. */
function drawn({ choices, uniform }: Pick<Random, "choices" | "uniform">, size: number, rate: number): Float32Array {
  const kept = 1 / (1 - rate);
  if (rate > rareUpTo) return choices(size, rate, 0, kept);
  const values = new Float32Array(size).fill(kept);
  const perLog = 1 / log(1 - rate);
  const gap = (): number => Math.floor(log(1 - uniform()) * perLog);
  for (let at = gap(); at < size; at += 1 + gap()) values[at] = 0;
  return values;
}

/**
 * x·wᵀ + scale·((x∘mask)·aᵀ)·bᵀ + bias: x and mask `[..., in]` → `[..., out]`. Differentiable with respect to x, a and b; w and bias are
 * frozen. Made of separate operations, it would keep five more tensors as large as its input or output for the backward pass.
 */
export function droppedLora(
  x: tf.Tensor,
  w: tf.Tensor,
  { a, b, scale }: LoraPair,
  mask: tf.Tensor,
  bias?: tf.Tensor,
): tf.Tensor {
  const product = tf.customGrad((...given: (tf.Tensor | tf.GradSaveFunc)[]) => {
    const [x, a, b, save] = given as [tf.Tensor, tf.Tensor, tf.Tensor, tf.GradSaveFunc];
    const h = linear(tf.mul(x, mask), a);
    save([x, a, b, h, mask, w]);
    const low = linear(tf.mul(h, scale), b);
    return { value: tf.add(linear(x, w, bias), low), gradFunc: (dy, saved) => gradients(dy, saved, scale) };
  });
  return product(x, a, b);
}

/** With respect to x, a and b. */
function gradients(dy: tf.Tensor, saved: readonly tf.Tensor[], scale: number): tf.Tensor[] {
  const [x, a, b, h, mask, w] = saved as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
  const dh = linearInputGradient(dy, b, scale);
  const low = tf.mul(linearInputGradient(dh, a), mask);
  return [
    tf.add(linearInputGradient(dy, w), low),
    linearWeightGradient(dh, tf.mul(x, mask)),
    linearWeightGradient(dy, h, scale),
  ];
}
