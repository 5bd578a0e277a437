/**
 * A WebGPU device as the WGSL forms of the device functions see it: tensors in and out, programs over them. The same
 * contract as `WasmMemory` in `../wasm`, with buffers in the place of offsets.
 */
import type * as tf from "@tensorflow/tfjs";
import type { Format } from "./packed.ts";
import type { Program } from "./program.ts";

export interface Gpu {
  /** A new tensor; its elements are what lay there before. */
  make(shape: readonly number[], dtype?: "float32" | "int32"): tf.TensorInfo;
  /** Another holder of the same elements. */
  share(tensor: tf.TensorInfo): tf.TensorInfo;
  /** Gives back what `make` or `share` gave; programs that were run before still see it. */
  free(tensor: tf.TensorInfo): void;
  /** A tensor of a matrix as a file has it: 16-bit elements stay so, two to a word. */
  upload(stored: Stored): tf.TensorInfo;
  /** How the elements lie in the buffer. */
  formatOf(tensor: tf.TensorInfo): Format;
  /**
   * Runs a program over tensors and numbers by the names that it declares. `groups` is a plain count of workgroups, or a
   * grid. A packed tensor where the program wants float32 is widened first. @throws once the device has failed.
   */
  run(
    program: Program,
    tensors: Readonly<Record<string, tf.TensorInfo>>,
    parameters: Readonly<Record<string, number>>,
    groups: number | readonly [x: number, y: number, z: number],
  ): void;
}

/** A matrix as a file has it, little-endian. */
export type Stored = {
  readonly dtype: Format;
  readonly shape: readonly number[];
  readonly bytes: Uint8Array<ArrayBuffer>;
};

/** Number of elements. */
export function sizeOf({ shape }: tf.TensorInfo): number {
  return shape.reduce((product, size) => product * size, 1);
}
