/**
 * A linear layer with LoRA, as in `lora-linear.ts`, whose low-rank part does not see some elements of x (dropout): y = x·wᵀ +
 * scale·h·bᵀ + bias, h = factor·(x without them)·aᵀ. The dropped elements are given by their places, of which there are few, and the factor
 * is applied by the products. So a form can do without a mask, and without passes over whole tensors but for a copy.
 */
import * as tf from "@tensorflow/tfjs";
import { defineKernel } from "./kernel.ts";
import { columnSum, linear, linearInputGradient, linearWeightGradient } from "./linear.ts";
import { checkShapes, outputOnWasm } from "./lora-linear.ts";
import { leading, rowsOf, widthOf } from "./shape.ts";
import type { StridedMatrix, WasmMemory } from "./wasm/memory.ts";
import { addProduct, product, weightRowsProduct } from "./wasm/product.ts";

export type Dropped = {
  /** Of the dropped elements in x: ascending, `[count]`, int32. */
  readonly places: tf.Tensor;
  /** What the other elements are multiplied by. */
  readonly factor: number;
};

type Lora = { x: tf.Tensor; w: tf.Tensor; a: tf.Tensor; b: tf.Tensor; bias?: tf.Tensor | undefined; places: tf.Tensor };

/** Returns y and, for the backward pass, h `[rows, rank]`. */
const forward = defineKernel<Lora, { scale: number; factor: number }>({
  name: "DroppedLoraLinear",
  narrow: ["w"],
  integers: ["places"],
  reference({ x, w, a, b, bias, places }, { scale, factor }) {
    const h = linear(without(x, places, factor), a);
    const low = linear(tf.mul(h, scale), b);
    return [tf.add(linear(x, w, bias), low), tf.reshape(h, [rowsOf(x), rowsOf(a)])];
  },
  fused({ x, w, a, b, bias, places }, { scale, factor }, memory) {
    const [rows, width, rank] = [rowsOf(x), widthOf(x), rowsOf(a)];
    const h = memory.make([rows, rank]);
    withCopy(memory, x, places, (kept) =>
      product(memory, kept, memory.transposed(a, width), memory.at(h), [rows, rank, width], factor),
    );
    return [outputOnWasm({ x, w, h, b, bias }, scale, memory), h];
  },
  gradient: {
    savedInputs: ["x", "w", "a", "b", "places"],
    savedOutputs: [false, true],
    of([dy], [x, w, a, b, places, h], { scale, factor }) {
      const dh = linearInputGradient(dy!, b!, scale);
      return {
        x: () => inputGradient({ dy: dy!, w: w!, dh, a: a!, places: places! }, { factor })[0]!,
        w: () => linearWeightGradient(dy!, x!),
        a: () => weightGradient({ dh, x: x!, places: places! }, { factor })[0]!,
        b: () => linearWeightGradient(dy!, h!, scale),
        bias: () => columnSum(dy!),
      };
    },
  },
});

/** dy·w + factor·dh·a, the second part only where x was not dropped. */
const inputGradient = defineKernel<
  { dy: tf.Tensor; w: tf.Tensor; dh: tf.Tensor; a: tf.Tensor; places: tf.Tensor },
  { factor: number }
>({
  name: "DroppedLoraInputGradient",
  narrow: ["w"],
  integers: ["places"],
  reference({ dy, w, dh, a, places }, { factor }) {
    const dx = linearInputGradient(dy, w);
    return tf.add(dx, without(tf.reshape(linearInputGradient(dh, a), dx.shape), places, factor));
  },
  fused({ dy, w, dh, a, places }, { factor }, memory) {
    const [rows, width, outputs, rank, count] = [rowsOf(dy), widthOf(w), widthOf(dy), widthOf(dh), places.shape[0]!];
    const dx = memory.make([...leading(dy), width]);
    weightRowsProduct(memory, memory.matrix(dy, outputs), w, memory.at(dx), [rows, width, outputs]);
    memory.scratch(Math.max(1, count), (room) => {
      memory.kernels.takeAt(memory.at(dx), memory.at(places), room, count);
      addProduct(memory, memory.matrix(dh, rank), memory.matrix(a, width), memory.at(dx), [rows, width, rank], factor);
      memory.kernels.putAt(room, memory.at(places), memory.at(dx), count);
    });
    return dx;
  },
});

/** factor·dhᵀ·(x without the dropped elements). */
const weightGradient = defineKernel<{ dh: tf.Tensor; x: tf.Tensor; places: tf.Tensor }, { factor: number }>({
  name: "DroppedLoraWeightGradient",
  integers: ["places"],
  reference: ({ dh, x, places }, { factor }) => linearWeightGradient(dh, without(x, places, factor)),
  fused({ dh, x, places }, { factor }, memory) {
    const [rows, width, rank] = [rowsOf(x), widthOf(x), widthOf(dh)];
    const da = memory.make([rank, width]);
    withCopy(memory, x, places, (kept) =>
      product(memory, memory.transposed(dh, rank), kept, memory.at(da), [rank, width, rows], factor),
    );
    return da;
  },
});

/** factor·x, with 0 at the places. */
function without(x: tf.Tensor, places: tf.Tensor, factor: number): tf.Tensor {
  if (places.size === 0) return tf.mul(x, factor);
  const dropped = tf.scatterND(tf.reshape(places, [-1, 1]), tf.fill([places.size], factor), [x.size]);
  return tf.mul(x, tf.reshape(tf.sub(factor, dropped), x.shape));
}

/** Calls `use` with a temporary copy of x that has 0 at the places. */
function withCopy(
  memory: WasmMemory,
  x: tf.TensorInfo,
  places: tf.TensorInfo,
  use: (kept: StridedMatrix) => void,
): void {
  const size = memory.size(x);
  memory.scratch(size, (room) => {
    memory.kernels.copyWithout(memory.at(x), memory.at(places), room, size, places.shape[0]!);
    use({ at: room, row: widthOf(x), column: 1 });
  });
}

/**
 * x `[..., in]`, w `[out, in]`, a `[rank, in]`, b `[out, rank]`, bias `[out]` → `[..., out]`. Differentiable with respect to all of them;
 * gradients of frozen ones are not computed. On every backend the same elements are dropped, exactly.
 */
export function droppedLoraLinear(
  x: tf.Tensor,
  w: tf.Tensor,
  { a, b, scale }: { readonly a: tf.Tensor; readonly b: tf.Tensor; readonly scale: number },
  { places, factor }: Dropped,
  bias?: tf.Tensor,
): tf.Tensor {
  checkShapes("droppedLoraLinear", { x, w, a, b, bias });
  const [y, h] = forward({ x, w, a, b, bias, places }, { scale, factor });
  if (!tf.engine().isTapeOn()) h!.dispose();
  return y!;
}
