/**
 * The interface of a WebGPU device for device functions: it makes tensors and runs programs on them. It corresponds to `WasmMemory` in
 * `../wasm`, with buffers instead of offsets.
 */
import type * as tf from "@tensorflow/tfjs";
import type { Format } from "./packed.ts";
import type { Program } from "./program.ts";

export interface Gpu {
  /** A new tensor. Its elements are not initialised. */
  make(shape: readonly number[], dtype?: "float32" | "int32"): tf.TensorInfo;
  /** Another reference to the same data. */
  share(tensor: tf.TensorInfo): tf.TensorInfo;
  /** Frees a tensor from `make` or `share`. Programs that are already running can still use it. */
  free(tensor: tf.TensorInfo): void;
  /** Copies a stored matrix to a tensor. 16-bit elements stay packed, two per 32-bit word. */
  upload(stored: Stored): tf.TensorInfo;
  /** The format of the elements in the buffer. */
  formatOf(tensor: tf.TensorInfo): Format;
  /**
   * Runs a program with tensors and numbers for the names that it declares. A packed tensor is widened first if the program needs
   * float32.
   * @param groups the number of workgroups, or a grid
   * @throws if the device has failed.
   */
  run(
    program: Program,
    tensors: Readonly<Record<string, tf.TensorInfo>>,
    parameters: Readonly<Record<string, number>>,
    groups: number | readonly [x: number, y: number, z: number],
  ): void;
}

/** A matrix as stored in a file, little-endian. */
export type Stored = {
  readonly dtype: Format;
  readonly shape: readonly number[];
  readonly bytes: Uint8Array<ArrayBuffer>;
};

/** The number of elements. */
export function sizeOf({ shape }: tf.TensorInfo): number {
  return shape.reduce((product, size) => product * size, 1);
}
