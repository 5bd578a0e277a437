/**
 * The memory of the wasm backend, for fused kernels. Palimpsest's module imports this memory, so a tensor is passed as the byte offset of
 * its first element and nothing is copied. Outputs and scratch memory come from the backend's own allocator. The memory may grow, which
 * invalidates views of it, but an offset stays valid as long as its tensor exists.
 */
import type * as tf from "@tensorflow/tfjs";
import { halfOf, type Narrow, narrowOf } from "../narrow.ts";
import { kernelBytes } from "./bytes.ts";
import type { KernelExports } from "./exports.ts";

/** The parts of tfjs's `BackendWasm` that are used here; most are declared private. */
type Backend = {
  readonly wasm: { readonly asm: { readonly memory: WebAssembly.Memory } };
  readonly dataIdMap: { get(dataId: object): { readonly memoryOffset: number; narrow?: Narrow } };
  readSync(dataId: object, start?: number, end?: number): tf.BackendValues;
  makeOutput(shape: readonly number[], dtype: tf.DataType): tf.TensorInfo;
  disposeData(dataId: object): boolean;
  incRef(dataId: object): void;
};

/** A matrix in memory: its byte offset, and its strides in elements, one of which is 1. */
export type StridedMatrix = { readonly at: number; readonly row: number; readonly column: number };

export type WasmMemory = {
  readonly kernels: KernelExports;
  /** The byte offset of a tensor's first element. */
  at(tensor: tf.TensorInfo): number;
  /** The number of elements. */
  size(tensor: tf.TensorInfo): number;
  /** A tensor as rows of `width`. */
  matrix(tensor: tf.TensorInfo, width: number): StridedMatrix;
  /** The transpose of a tensor with rows of `width`. */
  transposed(tensor: tf.TensorInfo, width: number): StridedMatrix;
  /** A new tensor. Its elements are not initialised. */
  make(shape: readonly number[], dtype?: tf.DataType): tf.TensorInfo;
  /** A new weight in 16 bits. Its elements are not initialised. */
  makeNarrow(narrow: Narrow): tf.TensorInfo;
  /** Undefined for a tensor in float32. */
  narrow(tensor: tf.TensorInfo): Narrow | undefined;
  /** A float32 copy of a weight in 16 bits. */
  widened(tensor: tf.TensorInfo, narrow: Narrow): tf.TensorInfo;
  /** Copies bytes to a byte offset. */
  write(bytes: Uint8Array, at: number): void;
  /** Another reference to the same data. */
  share(tensor: tf.TensorInfo, shape?: readonly number[]): tf.TensorInfo;
  /** Frees a tensor from `make` or `share`. */
  free(tensor: tf.TensorInfo): void;
  /** Calls `use` with the byte offset of temporary memory for this many floats. */
  scratch<T>(floats: number, use: (at: number) => T): T;
};

/** Temporary memory in which a block of 8 × 8 values in 16 bits is transposed. */
export const blockFloats = 32;

const memories = new WeakMap<object, WasmMemory>();

/** The memory of a backend. Its first use loads the kernels. */
export function wasmMemory(backend: object): WasmMemory {
  let memory = memories.get(backend);
  if (!memory) {
    memory = bind(backend as Backend);
    memories.set(backend, memory);
  }
  return memory;
}

function bind(backend: Backend): WasmMemory {
  const module = new WebAssembly.Module(kernelBytes());
  const instance = new WebAssembly.Instance(module, { env: { memory: backend.wasm.asm.memory } });
  const at = (tensor: tf.TensorInfo): number => backend.dataIdMap.get(tensor.dataId).memoryOffset;
  const memory: WasmMemory = {
    kernels: instance.exports as KernelExports,
    at,
    size: (tensor) => tensor.shape.reduce((product, size) => product * size, 1),
    matrix: (tensor, width) => ({ at: at(tensor), row: width, column: 1 }),
    transposed: (tensor, width) => ({ at: at(tensor), row: 1, column: width }),
    make: (shape, dtype = "float32") => backend.makeOutput([...shape], dtype),
    makeNarrow(narrow) {
      const { rows, width } = narrow;
      // Two elements per float; the last panel of eight rows is whole.
      const { dataId } = backend.makeOutput([Math.ceil(rows / 8) * 4 * width], "float32");
      backend.dataIdMap.get(dataId).narrow = narrow;
      return { dataId, shape: [rows, width], dtype: "float32" };
    },
    narrow: (tensor) => narrowOf(backend, tensor),
    widened(tensor, narrow) {
      const { rows, width } = narrow;
      const made = memory.make(tensor.shape);
      memory.scratch(blockFloats, (block) =>
        memory.kernels.widenNarrow(at(tensor), at(made), rows, width, halfOf(narrow), block),
      );
      return made;
    },
    write: (bytes, to) => new Uint8Array(backend.wasm.asm.memory.buffer).set(bytes, to),
    share(tensor, shape = tensor.shape) {
      backend.incRef(tensor.dataId);
      return { dataId: tensor.dataId, shape: [...shape], dtype: tensor.dtype };
    },
    free: (tensor) => void backend.disposeData(tensor.dataId),
    scratch(floats, use) {
      const room = backend.makeOutput([floats], "float32");
      try {
        return use(at(room));
      } finally {
        backend.disposeData(room.dataId);
      }
    },
  };
  const readSync = backend.readSync.bind(backend);
  backend.readSync = (dataId, start, end) => {
    const narrow = narrowOf(backend, { dataId });
    if (!narrow) return readSync(dataId, start, end);
    const copy = memory.widened({ dataId, shape: [narrow.rows, narrow.width], dtype: "float32" }, narrow);
    try {
      return readSync(copy.dataId, start, end);
    } finally {
      memory.free(copy);
    }
  };
  return memory;
}
