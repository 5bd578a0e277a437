/**
 * The linear layer in Hugging Face's layout, y = x·wᵀ + bias. Each gradient is a kernel of its own, so the tape skips that of a frozen
 * weight, which is half of the products of the backward pass.
 */
import * as tf from "@tensorflow/tfjs";
import { timesRows, timesTransposed } from "./cpu/narrow.ts";
import { defineKernel } from "./kernel.ts";
import { asRows, leading, rowsOf, widthOf } from "./shape.ts";
import * as onTensorflow from "./tensorflow/forms.ts";
import { product, weightProduct, weightRowsProduct } from "./wasm/product.ts";
import * as onWebgpu from "./webgpu/linear.ts";
import { columnSums } from "./webgpu/sums.ts";

const forward = defineKernel<{ x: tf.Tensor; w: tf.Tensor; bias?: tf.Tensor | undefined }, Record<string, never>>({
  name: "Linear",
  narrow: ["w"],
  reference({ x, w, bias }) {
    const y = timesTransposed(asRows(x), w);
    return tf.reshape(bias ? tf.add(y, bias) : y, [...leading(x), rowsOf(w)]);
  },
  tensorflow: onTensorflow.linear,
  webgpu: onWebgpu.linear,
  fused({ x, w, bias }, _, memory) {
    const [rows, width, outputs] = [rowsOf(x), widthOf(x), rowsOf(w)];
    const y = memory.make([...leading(x), outputs]);
    if (bias) memory.kernels.fillRows(memory.at(bias), memory.at(y), rows, outputs);
    weightProduct(memory, memory.matrix(x, width), w, memory.at(y), [rows, outputs, width], bias ? "add" : "set");
    return y;
  },
  gradient: {
    savedInputs: ["x", "w"],
    of: ([dy], [x, w]) => ({
      x: () => linearInputGradient(dy!, w!),
      w: () => linearWeightGradient(dy!, x!),
      bias: () => columnSum(dy!),
    }),
  },
});

const inputGradient = defineKernel<{ dy: tf.Tensor; w: tf.Tensor }, { scale: number }>({
  name: "LinearInputGradient",
  narrow: ["w"],
  reference({ dy, w }, { scale }) {
    return tf.reshape(scaled(timesRows(asRows(dy), w), scale), [...leading(dy), widthOf(w)]);
  },
  webgpu: onWebgpu.linearInput,
  fused({ dy, w }, { scale }, memory) {
    const [rows, width, outputs] = [rowsOf(dy), widthOf(w), widthOf(dy)];
    const dx = memory.make([...leading(dy), width]);
    weightRowsProduct(memory, memory.matrix(dy, outputs), w, memory.at(dx), [rows, width, outputs], scale);
    return dx;
  },
});

const weightGradient = defineKernel<{ dy: tf.Tensor; x: tf.Tensor }, { scale: number }>({
  name: "LinearWeightGradient",
  reference({ dy, x }, { scale }) {
    return scaled(tf.matMul(asRows(dy), asRows(x), true, false), scale);
  },
  webgpu: onWebgpu.linearWeight,
  fused({ dy, x }, { scale }, memory) {
    const [rows, width, outputs] = [rowsOf(dy), widthOf(x), widthOf(dy)];
    const dw = memory.make([outputs, width]);
    const [left, right] = [memory.transposed(dy, outputs), memory.matrix(x, width)];
    product(memory, left, right, memory.at(dw), [outputs, width, rows], scale);
    return dw;
  },
});

const sums = defineKernel<{ x: tf.Tensor }, Record<string, never>>({
  name: "ColumnSum",
  reference({ x }) {
    return tf.sum(asRows(x), 0);
  },
  webgpu: columnSums,
  fused({ x }, _, memory) {
    const out = memory.make([widthOf(x)]);
    memory.kernels.columnSum(memory.at(x), memory.at(out), rowsOf(x), widthOf(x));
    return out;
  },
});

function scaled(x: tf.Tensor, scale: number): tf.Tensor {
  return scale === 1 ? x : tf.mul(x, scale);
}

/** scale·dy·w: `[..., out]`, `[out, in]` → `[..., in]`. Not differentiable. */
export function linearInputGradient(dy: tf.Tensor, w: tf.Tensor, scale = 1): tf.Tensor {
  return inputGradient({ dy, w }, { scale })[0]!;
}

/** scale·dyᵀ·x over all rows: `[..., out]`, `[..., in]` → `[out, in]`. Not differentiable. */
export function linearWeightGradient(dy: tf.Tensor, x: tf.Tensor, scale = 1): tf.Tensor {
  return weightGradient({ dy, x }, { scale })[0]!;
}

/** Sum over all rows: `[..., width]` → `[width]`. Not differentiable. */
export function columnSum(x: tf.Tensor): tf.Tensor {
  return sums({ x }, {})[0]!;
}

/** x·wᵀ + bias: `[..., in]`, `[out, in]`, `[out]` → `[..., out]`. Differentiable; a frozen weight's gradient is not computed. */
export function linear(x: tf.Tensor, w: tf.Tensor, bias?: tf.Tensor): tf.Tensor {
  if (widthOf(x) !== widthOf(w)) {
    throw new Error(`linear: x is [${x.shape}] and w is [${w.shape}]; their last dimensions must be equal.`);
  }
  if (bias && bias.size !== rowsOf(w)) {
    throw new Error(`linear: w is [${w.shape}] and bias is [${bias.shape}]; it must be [${rowsOf(w)}].`);
  }
  return forward({ x, w, bias }, {})[0]!;
}
