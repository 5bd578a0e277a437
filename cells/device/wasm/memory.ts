/**
 * The wasm backend's memory as the fused kernels see it. Our module imports that very memory, so a tensor is handed
 * over as the byte offset of its first element and nothing is copied. Outputs and scratch come from the backend's own
 * allocator: the memory may grow and move under a view, but an offset stays valid for as long as its tensor lives.
 */
import type * as tf from "@tensorflow/tfjs";
import { kernelBytes } from "./bytes.ts";
import type { KernelExports } from "./exports.ts";

/** What of the backend's inside we rely on; `BackendWasm` declares most of it private. */
type Backend = {
  readonly wasm: { readonly asm: { readonly memory: WebAssembly.Memory } };
  readonly dataIdMap: { get(dataId: object): { readonly memoryOffset: number } };
  makeOutput(shape: readonly number[], dtype: tf.DataType): tf.TensorInfo;
  disposeData(dataId: object): boolean;
  incRef(dataId: object): void;
};

/** A matrix in memory by strides in elements; one of the two is 1. */
export type Matrix = { readonly at: number; readonly row: number; readonly column: number };

export type WasmMemory = {
  readonly kernels: KernelExports;
  /** Byte offset of a tensor's first element. */
  at(tensor: tf.TensorInfo): number;
  /** Number of elements. */
  size(tensor: tf.TensorInfo): number;
  /** A tensor as rows of `width`. */
  matrix(tensor: tf.TensorInfo, width: number): Matrix;
  /** The transpose of a tensor that has rows of `width`. */
  transposed(tensor: tf.TensorInfo, width: number): Matrix;
  /** A new tensor; its elements are what lay there before. */
  make(shape: readonly number[], dtype?: tf.DataType): tf.TensorInfo;
  /** Bytes from outside, to a byte offset. */
  write(bytes: Uint8Array, at: number): void;
  /** Another holder of the same elements. */
  share(tensor: tf.TensorInfo, shape?: readonly number[]): tf.TensorInfo;
  /** Gives back what `make` or `share` gave. */
  free(tensor: tf.TensorInfo): void;
  /** Room for so many floats, for the time of `use`; the argument is a byte offset. */
  scratch<T>(floats: number, use: (at: number) => T): T;
};

const memories = new WeakMap<object, WasmMemory>();

/** The memory of a backend, bound to our kernels on first use. */
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
  return {
    kernels: instance.exports as KernelExports,
    at,
    size: (tensor) => tensor.shape.reduce((product, size) => product * size, 1),
    matrix: (tensor, width) => ({ at: at(tensor), row: width, column: 1 }),
    transposed: (tensor, width) => ({ at: at(tensor), row: 1, column: width }),
    make: (shape, dtype = "float32") => backend.makeOutput([...shape], dtype),
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
}
