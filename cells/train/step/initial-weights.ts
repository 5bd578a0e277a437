/**
 * The weights that a model begins with when it is trained from scratch: normal with deviation 0.02, norms one, and the
 * two projections that write into the residual stream smaller by √(2 · layers), so that its size does not grow with
 * depth (GPT-2's initialisation, Radford et al. 2019).
 */
import * as tf from "@tensorflow/tfjs";
import type { ModelConfig } from "../../model/model-config.ts";
import { weightShapes } from "../../model/weights.ts";

export function initialWeights(config: ModelConfig, normal: () => number): Map<string, tf.Tensor> {
  const weights = new Map<string, tf.Tensor>();
  for (const [name, shape] of weightShapes(config)) {
    const writes = name.includes("o_proj") || name.includes("down_proj");
    const deviation = writes ? 0.02 / Math.sqrt(2 * config.layers) : 0.02;
    const size = shape.reduce((product, n) => product * n, 1);
    const values = Float32Array.from({ length: size }, () => (shape.length === 1 ? 1 : normal() * deviation));
    weights.set(name, tf.tensor(values, [...shape]));
  }
  return weights;
}
