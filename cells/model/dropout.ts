/**
 * LoRA's dropout: during training some inputs of the low-rank part are set to 0; the frozen part sees all inputs. Each step and each
 * linear layer has its own random mask. Masks are drawn by layer name and not by call order, so a layer that is computed a second
 * time for its gradient (gradient checkpointing) gets the same mask.
 */
import * as tf from "@tensorflow/tfjs";
import { linear } from "../device/functions.ts";
import type { Random } from "../random.ts";
import type { LoraPair } from "./adapter.ts";

export interface Dropout {
  /** Of the given shape: 0 for dropped elements, 1 ÷ (1 − rate) for the others, which keeps the expected sum. */
  mask(layer: string, shape: readonly number[]): tf.Tensor;
}

/** @param draws returns, for a layer's name, its own source of random numbers */
export function dropout(rate: number, draws: (layer: string) => Pick<Random, "choices">): Dropout {
  return {
    mask(layer, shape) {
      const size = shape.reduce((product, n) => product * n, 1);
      return tf.tensor(draws(layer).choices(size, rate, 0, 1 / (1 - rate)), [...shape]);
    },
  };
}

/** x·wᵀ + scale·((x∘mask)·aᵀ)·bᵀ + bias: x and mask `[..., in]` → `[..., out]`. */
export function droppedLora(
  x: tf.Tensor,
  w: tf.Tensor,
  { a, b, scale }: LoraPair,
  mask: tf.Tensor,
  bias?: tf.Tensor,
): tf.Tensor {
  return tf.add(linear(x, w, bias), tf.mul(linear(linear(tf.mul(x, mask), a), b), scale));
}
