/** The square of the global gradient norm, for clipping: one kernel over all gradients. On wasm the sum is in double precision. */
import * as tf from "@tensorflow/tfjs";
import { defineKernel } from "./kernel.ts";
import { sumOfSquares as onWebgpu } from "./webgpu/sums.ts";

const sum = defineKernel<{ [place: string]: tf.Tensor }, Record<string, never>>({
  name: "SumOfSquares",
  reference: (tensors) => tf.addN(Object.values(tensors).map((tensor) => tf.sum(tf.square(tensor)))),
  webgpu: onWebgpu,
  fused(tensors, _, memory) {
    const out = memory.make([]);
    const total = Object.values(tensors).reduce(
      (sum, tensor) => sum + memory.kernels.sumOfSquares(memory.at(tensor!), memory.size(tensor!)),
      0,
    );
    memory.kernels.put(memory.at(out), total);
    return out;
  },
});

/** The sum of the squares of all elements of all tensors → a scalar. Not differentiable. */
export function sumOfSquares(tensors: readonly tf.Tensor[]): tf.Tensor {
  return sum(Object.fromEntries(tensors.map((tensor, i) => [`${i}`, tensor])), {})[0]!;
}
