/** Writes float32 weights as a safetensors file. */
import type { Matrix } from "../device/matrix.ts";
import { type RawTensor, writeRawTensors } from "./raw-tensors.ts";

/** Equal weights give equal files: tensors are written in the order of their names. */
export function writeSafetensors(
  tensors: ReadonlyMap<string, Matrix>,
  metadata: Readonly<Record<string, string>> = { format: "pt" },
): Uint8Array {
  const raw = [...tensors].map(([name, { shape, values }]): [string, RawTensor] => [
    name,
    { dtype: "F32", shape, bytes: new Uint8Array(values.buffer, values.byteOffset, values.byteLength) },
  ]);
  return writeRawTensors(new Map(raw), metadata);
}
