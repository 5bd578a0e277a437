/**
 * Weights that a backend holds in 16 bits, as a bfloat16 or float16 checkpoint has them. For tfjs such a tensor is float32; only the
 * backend and the device functions that read weights know. Widening is exact, so results are those of a float32 weight. (WebGPU has its
 * own form: `webgpu/packed.ts`.)
 */
import * as tf from "@tensorflow/tfjs";
import type { StoredMatrix } from "./matrix.ts";

export type NarrowType = Exclude<StoredMatrix["dtype"], "F32">;

/** The type and the shape with which it was stored; a reshaped tensor shares the data. */
export type Narrow = { readonly dtype: NarrowType; readonly rows: number; readonly width: number };

/** The number by which the wasm kernels know the type. */
export function halfOf({ dtype }: Narrow): 0 | 1 {
  return dtype === "F16" ? 1 : 0;
}

type Entries = { has(dataId: object): boolean; get(dataId: object): { readonly narrow?: Narrow } };
/** tfjs's backends wasm and cpu keep their data under these names. */
type Backend = { readonly dataIdMap?: Entries; readonly data?: Entries };

/** Undefined for a tensor in float32. */
export function narrowOf(backend: object, { dataId }: Pick<tf.TensorInfo, "dataId">): Narrow | undefined {
  const { dataIdMap, data } = backend as Backend;
  const entries = dataIdMap ?? data;
  return entries?.has(dataId) ? entries.get(dataId).narrow : undefined;
}

/** Whether a tensor is held in 16 bits, on any backend. */
export function isNarrow(tensor: tf.Tensor): boolean {
  const backend = tf.backend() as { formatOf?(tensor: tf.TensorInfo): string };
  return narrowOf(backend, tensor) !== undefined || (backend.formatOf?.(tensor) ?? "F32") !== "F32";
}

/** The bytes that a tensor's data take on the current backend, where tfjs itself counts four per element. */
export function heldBytes(tensor: tf.Tensor): number {
  const narrow = narrowOf(tf.backend(), tensor);
  return (narrow ? 2 : tf.util.bytesPerElement(tensor.dtype)) * tensor.size;
}
