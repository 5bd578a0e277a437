/** Weights outside of tensors: as values, and as a file stores them. */

/** Row-major float32 values and their shape: how weights travel between files and tensors. */
export type Matrix = { readonly shape: readonly number[]; readonly values: Float32Array };

/** Weights as a safetensors file stores them, little-endian. */
export type StoredMatrix = {
  readonly dtype: "F32" | "F16" | "BF16";
  readonly shape: readonly number[];
  readonly bytes: Uint8Array<ArrayBuffer>;
};
