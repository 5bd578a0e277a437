/**
 * The initial weights of a model that is trained from scratch: normal with standard deviation 0.02; 1 for norms. The
 * two projections that write into the residual stream have the standard deviation 0.02 / √(2 · layers), so that its
 * variance does not grow with depth (GPT-2's initialisation, Radford et al. 2019).
 */
import * as tf from "@tensorflow/tfjs";
import type { ModelConfig } from "../../model/model-config.ts";
import { weightShapes } from "../../model/weights.ts";

export function initialWeights(config: ModelConfig, normal: () => number): Map<string, tf.Tensor> {
  const weights = new Map<string, tf.Tensor>();
  for (const [name, shape] of weightShapes(config)) {
    const writesResidual = name.includes("o_proj") || name.includes("down_proj");
    const deviation = writesResidual ? 0.02 / Math.sqrt(2 * config.layers) : 0.02;
    const size = shape.reduce((product, n) => product * n, 1);
    const values = Float32Array.from({ length: size }, () => (shape.length === 1 ? 1 : normal() * deviation));
    weights.set(name, tf.tensor(values, [...shape]));
  }
  return weights;
}
