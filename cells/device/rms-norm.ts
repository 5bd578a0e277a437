/** Root-mean-square normalisation (Zhang & Sennrich 2019): y = x ÷ √(mean(x²) + eps) · weight, over the last dimension. */
import * as tf from "@tensorflow/tfjs";
import { defineKernel } from "./kernel.ts";
import { asRows, rowsOf, widthOf } from "./shape.ts";
import * as onTensorflow from "./tensorflow/forms.ts";
import * as onWebgpu from "./webgpu/rms-norm.ts";

/** 1 ÷ √(mean(x²) + eps): `[rows, width]` → `[rows, 1]`. */
function inverseScale(x: tf.Tensor2D, eps: number): tf.Tensor {
  return tf.rsqrt(tf.add(tf.mean(tf.square(x), 1, true), eps));
}

const forward = defineKernel<{ x: tf.Tensor; weight: tf.Tensor }, { eps: number }>({
  name: "RMSNorm",
  reference({ x, weight }, { eps }) {
    const flat = asRows(x);
    return tf.reshape(tf.mul(tf.mul(flat, inverseScale(flat, eps)), weight), x.shape);
  },
  tensorflow: onTensorflow.rmsNorm,
  webgpu: onWebgpu.rmsNorm,
  fused({ x, weight }, { eps }, memory) {
    const y = memory.make(x.shape);
    memory.kernels.rmsNorm(memory.at(x), memory.at(weight), memory.at(y), rowsOf(x), widthOf(x), eps);
    return y;
  },
  gradient: {
    savedInputs: ["x", "weight"],
    of: ([dy], [x, weight], { eps }) => ({
      x: () => inputGradient({ dy: dy!, x: x!, weight: weight! }, { eps })[0]!,
      weight: () => weightGradient({ dy: dy!, x: x! }, { eps })[0]!,
    }),
  },
});

const inputGradient = defineKernel<{ dy: tf.Tensor; x: tf.Tensor; weight: tf.Tensor }, { eps: number }>({
  name: "RMSNormInputGradient",
  reference({ dy, x, weight }, { eps }) {
    const flat = asRows(x);
    const scale = inverseScale(flat, eps);
    const g = tf.mul(asRows(dy), weight);
    const along = tf.mul(tf.mean(tf.mul(g, flat), 1, true), tf.square(scale));
    return tf.reshape(tf.mul(tf.sub(g, tf.mul(flat, along)), scale), x.shape);
  },
  webgpu: onWebgpu.rmsNormInput,
  fused({ dy, x, weight }, { eps }, memory) {
    const dx = memory.make(x.shape);
    const [width, rows] = [widthOf(x), rowsOf(x)];
    memory.kernels.rmsNormInput(memory.at(dy), memory.at(x), memory.at(weight), memory.at(dx), rows, width, eps);
    return dx;
  },
});

const weightGradient = defineKernel<{ dy: tf.Tensor; x: tf.Tensor }, { eps: number }>({
  name: "RMSNormWeightGradient",
  reference({ dy, x }, { eps }) {
    const flat = asRows(x);
    return tf.sum(tf.mul(asRows(dy), tf.mul(flat, inverseScale(flat, eps))), 0);
  },
  webgpu: onWebgpu.rmsNormWeight,
  fused({ dy, x }, { eps }, memory) {
    const dw = memory.make([widthOf(x)]);
    memory.kernels.rmsNormWeight(memory.at(dy), memory.at(x), memory.at(dw), rowsOf(x), widthOf(x), eps);
    return dw;
  },
});

/** x `[..., width]`, weight `[width]` → `[..., width]`. */
export function rmsNorm(x: tf.Tensor, weight: tf.Tensor, eps: number): tf.Tensor {
  if (widthOf(x) !== weight.size) {
    throw new Error(`rmsNorm: x is [${x.shape}] and weight is [${weight.shape}]; their last dimensions must be equal.`);
  }
  return forward({ x, weight }, { eps })[0]!;
}
