/** Writes weights as a safetensors file, in float32 or rounded to bfloat16. */
import type { Matrix } from "../device/matrix.ts";
import { type RawTensor, writeRawTensors } from "./raw-tensors.ts";

/** Equal weights give equal files: tensors are written in the order of their names. */
export function writeSafetensors(
  tensors: ReadonlyMap<string, Matrix>,
  metadata: Readonly<Record<string, string>> = { format: "pt" },
  dtype: "float32" | "bfloat16" = "float32",
): Uint8Array {
  const raw = [...tensors].map(([name, { shape, values }]): [string, RawTensor] => [
    name,
    dtype === "bfloat16"
      ? { dtype: "BF16", shape, bytes: brain(values) }
      : { dtype: "F32", shape, bytes: new Uint8Array(values.buffer, values.byteOffset, values.byteLength) },
  ]);
  return writeRawTensors(new Map(raw), metadata);
}

/** Rounds to the nearest bfloat16, and to the even one of two that are equally near, as PyTorch does. */
function brain(values: Float32Array): Uint8Array {
  const wide = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const narrow = new Uint16Array(values.length);
  for (let i = 0; i < values.length; i += 1) {
    const bits = wide[i]!;
    // Rounding the bits of NaN could make them those of infinity.
    narrow[i] = Number.isNaN(values[i]) ? 0x7fc0 : (bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16;
  }
  return new Uint8Array(narrow.buffer);
}
