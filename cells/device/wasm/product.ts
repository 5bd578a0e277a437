/** c = scale·a·b and c += scale·a·b on the backend's memory. b is packed into panels of eight columns first. */
import type * as tf from "@tensorflow/tfjs";
import { packedOf } from "../packed-weight.ts";
import type { Matrix, WasmMemory } from "./memory.ts";

type Sizes = readonly [rows: number, columns: number, inner: number];

/** Floats that a packed `[inner, columns]` matrix takes. */
export function packedSize(inner: number, columns: number): number {
  return inner * Math.ceil(columns / 8) * 8;
}

/** c `[rows, columns]`, contiguous, becomes scale·a·b. */
export function product(memory: WasmMemory, a: Matrix, b: Matrix, c: number, sizes: Sizes, scale = 1): void {
  multiply(memory, a, b, c, sizes, scale, 0);
}

/** c `[rows, columns]`, contiguous, grows by scale·a·b. */
export function addProduct(memory: WasmMemory, a: Matrix, b: Matrix, c: number, sizes: Sizes, scale = 1): void {
  multiply(memory, a, b, c, sizes, scale, 1);
}

/** c becomes a·wᵀ, or grows by it; w `[columns, inner]` is not packed again where it lies packed. */
export function weightProduct(
  memory: WasmMemory,
  a: Matrix,
  w: tf.TensorInfo,
  c: number,
  sizes: Sizes,
  add: boolean,
): void {
  const [rows, columns, inner] = sizes;
  const packed = packedOf(w);
  if (!packed) multiply(memory, a, memory.transposed(w, inner), c, sizes, 1, add ? 1 : 0);
  else {
    const b = memory.at(packed);
    memory.kernels.multiply(a.at, a.row, a.column, b, c, columns, rows, columns, inner, 1, add ? 1 : 0);
  }
}

function multiply(memory: WasmMemory, a: Matrix, b: Matrix, c: number, sizes: Sizes, scale: number, add: 0 | 1): void {
  const [rows, columns, inner] = sizes;
  memory.scratch(packedSize(inner, columns), (packed) => {
    memory.kernels.pack(b.at, b.row, b.column, inner, columns, packed);
    memory.kernels.multiply(a.at, a.row, a.column, packed, c, columns, rows, columns, inner, scale, add);
  });
}
