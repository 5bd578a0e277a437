/** The linear layer and its gradients on a WebGPU device, with and without LoRA. Each is one product (LoRA's forward pass is two). */
import type * as tf from "@tensorflow/tfjs";
import { leading, rowsOf, widthOf } from "../shape.ts";
import type { Gpu } from "./gpu.ts";
import { product } from "./product.ts";

type Linear = { x: tf.TensorInfo; w: tf.TensorInfo; bias?: tf.TensorInfo | undefined };

export function linear({ x, w, bias }: Linear, _: object, gpu: Gpu): tf.TensorInfo {
  const y = gpu.make([...leading(x), rowsOf(w)]);
  const sizes = [rowsOf(x), rowsOf(w), widthOf(x)] as const;
  product(gpu, { a: { tensor: x }, b: { tensor: w, transposed: true }, c: y, sizes, bias });
  return y;
}

export function linearInput(
  { dy, w }: { dy: tf.TensorInfo; w: tf.TensorInfo },
  { scale }: { scale: number },
  gpu: Gpu,
): tf.TensorInfo {
  const dx = gpu.make([...leading(dy), widthOf(w)]);
  const sizes = [rowsOf(dy), widthOf(w), widthOf(dy)] as const;
  product(gpu, { a: { tensor: dy }, b: { tensor: w }, c: dx, sizes, scale });
  return dx;
}

export function linearWeight(
  { dy, x }: { dy: tf.TensorInfo; x: tf.TensorInfo },
  { scale }: { scale: number },
  gpu: Gpu,
): tf.TensorInfo {
  const dw = gpu.make([widthOf(dy), widthOf(x)]);
  const sizes = [widthOf(dy), widthOf(x), rowsOf(dy)] as const;
  product(gpu, { a: { tensor: dy, transposed: true }, b: { tensor: x }, c: dw, sizes, scale });
  return dw;
}

type Lora = Linear & { a: tf.TensorInfo; b: tf.TensorInfo };

export function loraLinear({ x, w, a, b, bias }: Lora, { scale }: { scale: number }, gpu: Gpu): tf.TensorInfo[] {
  const [rows, width, outputs, rank] = [rowsOf(x), widthOf(x), rowsOf(w), rowsOf(a)];
  const [y, h] = [gpu.make([...leading(x), outputs]), gpu.make([rows, rank])];
  const input = { tensor: x };
  product(gpu, { a: input, b: { tensor: a, transposed: true }, c: h, sizes: [rows, rank, width] });
  const extra = { a: h, b, inner: rank, scale };
  product(gpu, { a: input, b: { tensor: w, transposed: true }, c: y, sizes: [rows, outputs, width], extra, bias });
  return [y, h];
}

type Backward = { dy: tf.TensorInfo; w: tf.TensorInfo; dh: tf.TensorInfo; a: tf.TensorInfo };

export function loraInput({ dy, w, dh, a }: Backward, _: object, gpu: Gpu): tf.TensorInfo {
  const [rows, width, outputs, rank] = [rowsOf(dy), widthOf(w), widthOf(dy), widthOf(dh)];
  const dx = gpu.make([...leading(dy), width]);
  const extra = { a: dh, b: a, inner: rank, scale: 1 };
  product(gpu, { a: { tensor: dy }, b: { tensor: w }, c: dx, sizes: [rows, width, outputs], extra });
  return dx;
}
