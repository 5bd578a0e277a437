/** Tensors of any type as safetensors files in memory, written and read back byte for byte. */
import { parseHeader, unreadable, widths } from "./safetensors-header.ts";

/** The bytes of a tensor, little-endian. */
export type RawTensor = {
  readonly dtype: keyof typeof widths;
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
};

/** Writes the tensors in the order of their names, so that equal tensors give equal files. */
export function writeRawTensors(
  tensors: ReadonlyMap<string, RawTensor>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const names = [...tensors.keys()].sort();
  const header: [string, unknown][] = [["__metadata__", metadata]];
  let length = 0;
  for (const name of names) {
    const { dtype, shape, bytes } = tensors.get(name)!;
    header.push([name, { dtype, shape, data_offsets: [length, length + bytes.byteLength] }]);
    length += bytes.byteLength;
  }
  // The format pads the header with spaces, so that the data begin at a multiple of eight.
  const text = new TextEncoder().encode(JSON.stringify(Object.fromEntries(header)));
  const headerLength = Math.ceil(text.length / 8) * 8;
  const file = new Uint8Array(8 + headerLength + length).fill(0x20, 8, 8 + headerLength);
  new DataView(file.buffer).setBigUint64(0, BigInt(headerLength), true);
  file.set(text, 8);
  let offset = 8 + headerLength;
  for (const name of names) {
    const { bytes } = tensors.get(name)!;
    file.set(bytes, offset);
    offset += bytes.byteLength;
  }
  return file;
}

/** Reads what `writeRawTensors` wrote. Each tensor gets its own memory. @param where names the file in errors @throws if the file breaks the format. */
export function readRawTensors(file: Uint8Array, where: string): Map<string, RawTensor> {
  if (file.length < 8) throw unreadable(where, "it has fewer than 8 bytes");
  const headerLength = Number(new DataView(file.buffer, file.byteOffset, 8).getBigUint64(0, true));
  if (headerLength > file.length - 8) throw unreadable(where, "it ends inside its header");
  const { entries } = parseHeader(file.subarray(8, 8 + headerLength), where, widths);
  const tensors = [...entries].map(([name, { dtype, shape, from, to }]): [string, RawTensor] => {
    const bytes = file.slice(8 + headerLength + from, 8 + headerLength + to);
    if (bytes.length < to - from) throw unreadable(where, `it ends inside the tensor "${name}"`);
    return [name, { dtype, shape, bytes }];
  });
  return new Map(tensors);
}
