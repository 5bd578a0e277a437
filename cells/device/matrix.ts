/** Weights outside tensors: as float32 values, and as stored in a file. */

/** Row-major float32 values and their shape. */
export type Matrix = { readonly shape: readonly number[]; readonly values: Float32Array };

/** The little-endian bytes of a safetensors file. */
export type StoredMatrix = {
  readonly dtype: "F32" | "F16" | "BF16";
  readonly shape: readonly number[];
  readonly bytes: Uint8Array<ArrayBuffer>;
};
