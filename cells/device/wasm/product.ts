/** Matrix products on the memory of the wasm backend: c = scale·a·b and c += scale·a·b. First b is packed into panels of eight columns. */
import type * as tf from "@tensorflow/tfjs";
import { packedOf } from "../packed-weight.ts";
import type { StridedMatrix, WasmMemory } from "./memory.ts";
import { narrowScratch, narrowWeight } from "./narrow.ts";

/** Whether a product replaces the contents of c or is added to them. */
type Mode = "set" | "add";
type Sizes = readonly [rows: number, columns: number, inner: number];

/** The number of floats of a packed `[inner, columns]` matrix. */
export function packedSize(inner: number, columns: number): number {
  return inner * Math.ceil(columns / 8) * 8;
}

/** Sets c `[rows, columns]`, contiguous, to scale·a·b. */
export function product(
  memory: WasmMemory,
  a: StridedMatrix,
  b: StridedMatrix,
  c: number,
  sizes: Sizes,
  scale = 1,
): void {
  multiply(memory, a, b, c, sizes, scale, "set");
}

/** Adds scale·a·b to c `[rows, columns]`, contiguous. */
export function addProduct(
  memory: WasmMemory,
  a: StridedMatrix,
  b: StridedMatrix,
  c: number,
  sizes: Sizes,
  scale = 1,
): void {
  multiply(memory, a, b, c, sizes, scale, "add");
}

/** Sets c to a·wᵀ, or adds it; w is `[columns, inner]`, in 32 or 16 bits. Uses the packed copy of w if there is one. */
export function weightProduct(
  memory: WasmMemory,
  a: StridedMatrix,
  w: tf.TensorInfo,
  c: number,
  sizes: Sizes,
  mode: Mode,
): void {
  const [rows, columns, inner] = sizes;
  const narrow = narrowWeight(memory, w);
  if (narrow) {
    const { at, half } = narrow;
    const add = mode === "add" ? 1 : 0;
    memory.scratch(narrowScratch, (room) =>
      memory.kernels.multiplyNarrow(a.at, a.row, a.column, at, half, c, columns, rows, columns, inner, add, room),
    );
    return;
  }
  const packed = packedOf(w);
  if (!packed) multiply(memory, a, memory.transposed(w, inner), c, sizes, 1, mode);
  else {
    const b = memory.at(packed);
    memory.kernels.multiply(a.at, a.row, a.column, b, c, columns, rows, columns, inner, 1, mode === "add" ? 1 : 0);
  }
}

/** Sets c to scale·a·w; w is `[inner, columns]`, in 32 or 16 bits. */
export function weightRowsProduct(
  memory: WasmMemory,
  a: StridedMatrix,
  w: tf.TensorInfo,
  c: number,
  sizes: Sizes,
  scale = 1,
): void {
  const [rows, columns, inner] = sizes;
  const narrow = narrowWeight(memory, w);
  if (!narrow) {
    product(memory, a, memory.matrix(w, columns), c, sizes, scale);
    return;
  }
  const { at, half } = narrow;
  memory.scratch(narrowScratch, (room) =>
    memory.kernels.multiplyNarrowRows(a.at, a.row, a.column, at, half, c, columns, rows, inner, columns, scale, room),
  );
}

function multiply(
  memory: WasmMemory,
  a: StridedMatrix,
  b: StridedMatrix,
  c: number,
  sizes: Sizes,
  scale: number,
  mode: Mode,
): void {
  const [rows, columns, inner] = sizes;
  memory.scratch(packedSize(inner, columns), (packed) => {
    memory.kernels.pack(b.at, b.row, b.column, inner, columns, packed);
    memory.kernels.multiply(
      a.at,
      a.row,
      a.column,
      packed,
      c,
      columns,
      rows,
      columns,
      inner,
      scale,
      mode === "add" ? 1 : 0,
    );
  });
}
