/**
 * A frozen linear layer with a low-rank update (LoRA, Hu et al. 2021): y = x·wᵀ + scale·(x·aᵀ)·bᵀ + bias. The low-rank product is added
 * directly to the output of the large one, without another matrix of that size. The gradient with respect to x works the same way.
 */
import * as tf from "@tensorflow/tfjs";
import { timesRows, timesTransposed } from "./cpu/narrow.ts";
import { defineKernel, type Infos } from "./kernel.ts";
import { columnSum, linearInputGradient, linearWeightGradient } from "./linear.ts";
import { asRows, leading, rowsOf, widthOf } from "./shape.ts";
import * as onTensorflow from "./tensorflow/forms.ts";
import type { WasmMemory } from "./wasm/memory.ts";
import { addProduct, product, weightProduct, weightRowsProduct } from "./wasm/product.ts";
import * as onWebgpu from "./webgpu/linear.ts";

type Lora = { x: tf.Tensor; w: tf.Tensor; a: tf.Tensor; b: tf.Tensor; bias?: tf.Tensor | undefined };

/** Returns y and, for the backward pass, h = x·aᵀ `[rows, rank]`. */
const forward = defineKernel<Lora, { scale: number }>({
  name: "LoraLinear",
  narrow: ["w"],
  reference({ x, w, a, b, bias }, { scale }) {
    const h = tf.matMul(asRows(x), asRows(a), false, true);
    const base = timesTransposed(asRows(x), w);
    const y = tf.add(base, tf.matMul(tf.mul(h, scale), asRows(b), false, true));
    return [tf.reshape(bias ? tf.add(y, bias) : y, [...leading(x), rowsOf(w)]), h];
  },
  tensorflow: onTensorflow.loraLinear,
  webgpu: onWebgpu.loraLinear,
  fused({ x, w, a, b, bias }, { scale }, memory) {
    const [rows, width, rank] = [rowsOf(x), widthOf(x), rowsOf(a)];
    const h = memory.make([rows, rank]);
    product(memory, memory.matrix(x, width), memory.transposed(a, width), memory.at(h), [rows, rank, width]);
    return [outputOnWasm({ x, w, h, b, bias }, scale, memory), h];
  },
  gradient: {
    savedInputs: ["x", "w", "a", "b"],
    savedOutputs: [false, true],
    of([dy], [x, w, a, b, h], { scale }) {
      const dh = linearInputGradient(dy!, b!, scale);
      return {
        x: () => inputGradient({ dy: dy!, w: w!, dh, a: a! }, {})[0]!,
        w: () => linearWeightGradient(dy!, x!),
        a: () => linearWeightGradient(dh, x!),
        b: () => linearWeightGradient(dy!, h!, scale),
        bias: () => columnSum(dy!),
      };
    },
  },
});

type Output = Pick<Infos<Lora>, "x" | "w" | "b" | "bias"> & { readonly h: tf.TensorInfo };

/** x·wᵀ + scale·h·bᵀ + bias. */
export function outputOnWasm({ x, w, h, b, bias }: Output, scale: number, memory: WasmMemory): tf.TensorInfo {
  const [rows, width, outputs, rank] = [rowsOf(x), widthOf(x), rowsOf(w), widthOf(b)];
  const y = memory.make([...leading(x), outputs]);
  if (bias) memory.kernels.fillRows(memory.at(bias), memory.at(y), rows, outputs);
  weightProduct(memory, memory.matrix(x, width), w, memory.at(y), [rows, outputs, width], bias ? "add" : "set");
  addProduct(memory, memory.matrix(h, rank), memory.transposed(b, rank), memory.at(y), [rows, outputs, rank], scale);
  return y;
}

/** dy·w + dh·a. */
const inputGradient = defineKernel<{ dy: tf.Tensor; w: tf.Tensor; dh: tf.Tensor; a: tf.Tensor }, Record<string, never>>(
  {
    name: "LoraInputGradient",
    narrow: ["w"],
    reference({ dy, w, dh, a }) {
      const dx = tf.add(timesRows(asRows(dy), w), tf.matMul(asRows(dh), asRows(a)));
      return tf.reshape(dx, [...leading(dy), widthOf(w)]);
    },
    webgpu: onWebgpu.loraInput,
    fused({ dy, w, dh, a }, _, memory) {
      const [rows, width, outputs, rank] = [rowsOf(dy), widthOf(w), widthOf(dy), widthOf(dh)];
      const dx = memory.make([...leading(dy), width]);
      weightRowsProduct(memory, memory.matrix(dy, outputs), w, memory.at(dx), [rows, width, outputs]);
      addProduct(memory, memory.matrix(dh, rank), memory.matrix(a, width), memory.at(dx), [rows, width, rank]);
      return dx;
    },
  },
);

/**
 * x·wᵀ + scale·(x·aᵀ)·bᵀ + bias: x `[..., in]`, w `[out, in]`, a `[rank, in]`, b `[out, rank]`, bias `[out]` →
 * `[..., out]`. Differentiable with respect to all tensors; gradients of frozen ones are not computed.
 */
export function loraLinear(
  x: tf.Tensor,
  w: tf.Tensor,
  a: tf.Tensor,
  b: tf.Tensor,
  scale: number,
  bias?: tf.Tensor,
): tf.Tensor {
  checkShapes("loraLinear", { x, w, a, b, bias });
  const [y, h] = forward({ x, w, a, b, bias }, { scale });
  if (!tf.engine().isTapeOn()) h!.dispose();
  return y!;
}

/** @throws naming all shapes, if they do not fit */
export function checkShapes(name: string, { x, w, a, b, bias }: Lora): void {
  const agree = widthOf(x) === widthOf(w) && widthOf(x) === widthOf(a);
  if (!agree || rowsOf(a) !== widthOf(b) || rowsOf(b) !== rowsOf(w) || (bias && bias.size !== rowsOf(w))) {
    throw new Error(
      `${name}: x [${x.shape}], w [${w.shape}], a [${a.shape}], b [${b.shape}]` +
        `${bias ? `, bias [${bias.shape}]` : ""} do not fit; the shapes must be [..., in], [out, in], [rank, in], [out, rank], [out].`,
    );
  }
}
