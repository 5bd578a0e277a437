/**
 * Reads safetensors files: eight bytes of header length, a JSON header, then the bytes of the tensors. Files are read in ranges,
 * so a file larger than memory can be read tensor by tensor.
 *
 * Source: https://github.com/huggingface/safetensors#format
 */
import type { Matrix, StoredMatrix } from "../device/matrix.ts";
import { widen } from "../device/widen.ts";
import { type Entry, floatWidths, parseHeader, unreadable } from "./safetensors-header.ts";

/** Reads `length` bytes from `offset` of one file. May write them to the start of `into`. */
export type ReadRange = (offset: number, length: number, into?: Uint8Array) => Promise<Uint8Array>;

export interface SafetensorsFile {
  readonly names: readonly string[];
  readonly metadata: Readonly<Record<string, string>>;
  /** From the header, without reading the tensor. @throws if the file has no tensor of that name. */
  shape(name: string): readonly number[];
  /** The tensor, widened to float32, which is exact. @throws if the file has no such tensor, or is shorter than its header says. */
  read(name: string): Promise<Matrix>;
  /** Groups these tensors, in file order, into pieces that one read can fetch: neighbours together, up to `maxBytes`. */
  pieces(names: readonly string[], maxBytes: number): string[][];
  /** As stored. */
  dtype(name: string): StoredMatrix["dtype"];
  /** Some of a tensor's bytes: into the start of `into`, if it is given and long enough. */
  readBytes(name: string, from: number, to: number, into?: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>>;
  /** The tensors of a piece as stored. They share one memory: that of `into`, if it is given and long enough. */
  readPiece(names: readonly string[], into?: Uint8Array<ArrayBuffer>): Promise<StoredMatrix[]>;
}

const maxHeaderBytes = 100_000_000;

/** @param where names the file in errors @throws if the header breaks the format or a tensor is not a 16-bit or 32-bit float. */
export async function openSafetensors(read: ReadRange, where: string): Promise<SafetensorsFile> {
  const start = await read(0, 8);
  if (start.length < 8) throw unreadable(where, "it has fewer than 8 bytes");
  const headerLength = Number(new DataView(start.buffer, start.byteOffset, 8).getBigUint64(0, true));
  if (headerLength > maxHeaderBytes) throw unreadable(where, `its header would be ${headerLength} bytes long`);
  const header = await read(8, headerLength);
  if (header.length < headerLength) throw unreadable(where, "it ends inside its header");
  const { entries, metadata } = parseHeader(header, where, floatWidths);
  const entryOf = (name: string): Entry<StoredMatrix["dtype"]> => {
    const entry = entries.get(name);
    if (!entry) throw new Error(`${where} has no tensor "${name}".`);
    return entry;
  };
  const readInto = async (start: number, end: number, into?: Uint8Array<ArrayBuffer>) => {
    const room = into && into.length >= end - start ? into : undefined;
    const found = await read(8 + headerLength + start, end - start, room);
    return room && found.buffer === room.buffer ? room.subarray(0, found.length) : owned(found);
  };
  const cutOff = (name: string): Error => unreadable(where, `it ends inside the tensor "${name}"; copy the file again`);
  const readPiece: SafetensorsFile["readPiece"] = async (names, into) => {
    const piece = names.map(entryOf);
    const start = piece[0]!.from;
    const all = await readInto(start, piece.at(-1)!.to, into);
    return piece.map(({ dtype, shape, from, to }, at) => {
      const bytes = all.subarray(from - start, to - start);
      if (bytes.length < to - from) throw cutOff(names[at]!);
      // After a tensor with an odd number of 16-bit floats the bytes are not aligned to words, so they are copied.
      return { dtype, shape, bytes: bytes.byteOffset % 4 === 0 ? bytes : bytes.slice() };
    });
  };
  return {
    names: [...entries.keys()],
    metadata,
    shape: (name) => entryOf(name).shape,
    dtype: (name) => entryOf(name).dtype,
    async readBytes(name, from, to, into) {
      const { from: start } = entryOf(name);
      const bytes = await readInto(start + from, start + to, into);
      if (bytes.length < to - from) throw cutOff(name);
      return bytes;
    },
    readPiece,
    pieces(names, maxBytes) {
      const pieces: string[][] = [];
      let [start, end] = [0, -1];
      for (const name of [...names].sort((a, b) => entryOf(a).from - entryOf(b).from)) {
        const { from, to } = entryOf(name);
        if (from === end && to - start <= maxBytes) pieces.at(-1)!.push(name);
        else {
          pieces.push([name]);
          start = from;
        }
        end = to;
      }
      return pieces;
    },
    async read(name) {
      const [stored] = await readPiece([name]);
      return { shape: stored!.shape, values: widen(stored!) };
    },
  };
}

/** A file that is already in memory. */
export function openSafetensorsBytes(bytes: Uint8Array, where: string): Promise<SafetensorsFile> {
  return openSafetensors(async (offset, length) => bytes.subarray(offset, offset + length), where);
}

/** A view into a larger buffer is copied: it may begin at an odd address, and it would keep the larger buffer alive. */
function owned(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const { buffer } = bytes;
  return buffer instanceof ArrayBuffer && buffer.byteLength === bytes.byteLength
    ? new Uint8Array(buffer)
    : new Uint8Array(bytes);
}
