/**
 * The safetensors format: eight bytes of header length, a JSON header, then the tensors' bytes. Read by ranges, so that
 * a shard larger than memory can be read tensor by tensor; 16-bit weights are widened to float32, which is exact.
 * The header is not trusted: lengths, offsets and overlaps are checked before anything is read by them.
 *
 * Source: https://github.com/huggingface/safetensors#format
 */

import type { Matrix, StoredMatrix } from "../device/matrix.ts";

/** The bytes of a tensor of any type, little-endian. */
export type RawTensor = {
  readonly dtype: keyof typeof rawWidths;
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
};

/** Reads `length` bytes from `offset` of one file; it may put them at the beginning of `into`. */
export type ReadRange = (offset: number, length: number, into?: Uint8Array) => Promise<Uint8Array>;

export interface SafetensorsFile {
  readonly names: readonly string[];
  readonly metadata: Readonly<Record<string, string>>;
  /** As the header has it; nothing is read. @throws if the file has no tensor of that name. */
  shape(name: string): readonly number[];
  /** @throws if the file has no tensor of that name, or is shorter than its header says. */
  read(name: string): Promise<Matrix>;
  /** These tensors in the order in which they lie, neighbours together up to `most` bytes: what one read brings. */
  pieces(names: readonly string[], most: number): string[][];
  /** The tensors of a piece, not widened. They share its memory, which is that of `into` where it is given and long enough. */
  readPiece(names: readonly string[], into?: Uint8Array<ArrayBuffer>): Promise<StoredMatrix[]>;
}

type Entry<W extends object = typeof widths> = {
  readonly dtype: keyof W;
  readonly shape: readonly number[];
  readonly from: number;
  readonly to: number;
};

const widths = { F32: 4, F16: 2, BF16: 2 } as const satisfies Record<StoredMatrix["dtype"], number>;
const rawWidths = { F64: 8, I64: 8, U64: 8, I32: 4, U32: 4, I16: 2, U16: 2, I8: 1, U8: 1, BOOL: 1, ...widths } as const;
const longestHeader = 100_000_000;

/** @throws with `where` and what is wrong when the header breaks the format or has a type that is not a float of 16 or 32 bits. */
export async function openSafetensors(read: ReadRange, where: string): Promise<SafetensorsFile> {
  const wrong = (what: string): Error => new Error(`${where} is not a readable safetensors file: ${what}.`);
  const start = await read(0, 8);
  if (start.length < 8) throw wrong("it has fewer than 8 bytes");
  const headerLength = Number(new DataView(start.buffer, start.byteOffset, 8).getBigUint64(0, true));
  if (headerLength > longestHeader) throw wrong(`its header would be ${headerLength} bytes long`);
  const header = await read(8, headerLength);
  if (header.length < headerLength) throw wrong("it ends inside its header");
  const { entries, metadata } = parseHeader(header, wrong, widths);
  const entryOf = (name: string): Entry => {
    const entry = entries.get(name);
    if (!entry) throw new Error(`${where} has no tensor "${name}".`);
    return entry;
  };
  const readPiece: SafetensorsFile["readPiece"] = async (names, into) => {
    const piece = names.map(entryOf);
    const [start, end] = [piece[0]!.from, piece.at(-1)!.to];
    const room = into && into.length >= end - start ? into : undefined;
    const found = await read(8 + headerLength + start, end - start, room);
    const all = room && found.buffer === room.buffer ? room.subarray(0, found.length) : owned(found);
    return piece.map(({ dtype, shape, from, to }, at) => {
      const bytes = all.subarray(from - start, to - start);
      if (bytes.length < to - from) throw wrong(`it ends inside the tensor "${names[at]}"; copy it again`);
      // Only behind a tensor with an odd number of 16-bit floats: nothing could view it as words.
      return { dtype, shape, bytes: bytes.byteOffset % 4 === 0 ? bytes : bytes.slice() };
    });
  };
  return {
    names: [...entries.keys()],
    metadata,
    shape: (name) => entryOf(name).shape,
    readPiece,
    pieces(names, most) {
      const pieces: string[][] = [];
      let [start, end] = [0, -1];
      for (const name of [...names].sort((a, b) => entryOf(a).from - entryOf(b).from)) {
        const { from, to } = entryOf(name);
        if (from === end && to - start <= most) pieces.at(-1)!.push(name);
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

/** A file that is in memory already. */
export function openSafetensorsBytes(bytes: Uint8Array, where: string): Promise<SafetensorsFile> {
  return openSafetensors(async (offset, length) => bytes.subarray(offset, offset + length), where);
}

/** Writes float32 tensors in the order of their names, so that equal weights give equal files. */
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

/** The same for tensors of any type. */
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
  // The format wants the header padded with spaces so that the data begin at a multiple of eight.
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

/** Reads what `writeRawTensors` wrote. Each tensor has bytes of its own. @throws with `where` and what is wrong. */
export function readRawTensors(file: Uint8Array, where: string): Map<string, RawTensor> {
  const wrong = (what: string): Error => new Error(`${where} is not a readable safetensors file: ${what}.`);
  if (file.length < 8) throw wrong("it has fewer than 8 bytes");
  const headerLength = Number(new DataView(file.buffer, file.byteOffset, 8).getBigUint64(0, true));
  if (headerLength > file.length - 8) throw wrong("it ends inside its header");
  const { entries } = parseHeader(file.subarray(8, 8 + headerLength), wrong, rawWidths);
  const tensors = [...entries].map(([name, { dtype, shape, from, to }]): [string, RawTensor] => {
    const bytes = file.slice(8 + headerLength + from, 8 + headerLength + to);
    if (bytes.length < to - from) throw wrong(`it ends inside the tensor "${name}"`);
    return [name, { dtype, shape, bytes }];
  });
  return new Map(tensors);
}

function parseHeader<W extends Readonly<Record<string, number>>>(
  bytes: Uint8Array,
  wrong: (what: string) => Error,
  known: W,
): { entries: Map<string, Entry<W>>; metadata: Record<string, string> } {
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    throw wrong("its header is not JSON");
  }
  if (typeof header !== "object" || header === null || Array.isArray(header))
    throw wrong("its header is not an object");
  const entries = new Map<string, Entry<W>>();
  let metadata: Record<string, string> = {};
  for (const [name, value] of Object.entries(header as Record<string, unknown>)) {
    if (name === "__metadata__") metadata = value as Record<string, string>;
    else entries.set(name, parseEntry(name, value, wrong, known));
  }
  let end = 0;
  for (const [name, entry] of [...entries].sort(([, a], [, b]) => a.from - b.from || a.to - b.to)) {
    if (entry.from < end) throw wrong(`the tensor "${name}" overlaps another`);
    end = entry.to;
  }
  return { entries, metadata };
}

function parseEntry<W extends Readonly<Record<string, number>>>(
  name: string,
  value: unknown,
  wrong: (what: string) => Error,
  known: W,
): Entry<W> {
  const { dtype, shape, data_offsets: offsets } = (value ?? {}) as Record<string, unknown>;
  const isCount = (n: unknown): n is number => typeof n === "number" && Number.isSafeInteger(n) && n >= 0;
  if (!Array.isArray(shape) || !shape.every(isCount) || !Array.isArray(offsets) || !offsets.every(isCount)) {
    throw wrong(`the tensor "${name}" has no proper shape and offsets`);
  }
  if (typeof dtype !== "string" || !Object.hasOwn(known, dtype)) {
    const types = Object.keys(known)
      .join(", ")
      .replace(/, (\w+)$/, " and $1");
    throw wrong(`the tensor "${name}" has the type ${String(dtype)}; ${types} can be read`);
  }
  const [from = 0, to = -1] = offsets;
  const width = known[dtype]!;
  if (to - from !== shape.reduce((product, n) => product * n, width)) {
    throw wrong(`the tensor "${name}" has ${to - from} bytes, which do not fit its shape [${shape.join(", ")}]`);
  }
  return { dtype: dtype as keyof W, shape, from, to };
}

/** What is not a buffer of its own is copied: a range may begin at an odd address, and must not keep the whole shard alive. */
function owned(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const { buffer } = bytes;
  return buffer instanceof ArrayBuffer && buffer.byteLength === bytes.byteLength
    ? new Uint8Array(buffer)
    : new Uint8Array(bytes);
}

/** The float32 values, exactly. Those of a float32 tensor share its bytes. */
export function widen({ dtype, bytes }: StoredMatrix): Float32Array<ArrayBuffer> {
  const { buffer, byteOffset, length } = bytes;
  switch (dtype) {
    case "F32":
      return new Float32Array(buffer, byteOffset, length / 4);
    case "BF16": {
      // In plain loops, as `from` of an iterable makes a list of boxed numbers first.
      const wide = new Uint32Array(length / 2);
      const narrow = new Uint16Array(buffer, byteOffset, length / 2);
      for (let i = 0; i < wide.length; i += 1) wide[i] = narrow[i]! << 16;
      return new Float32Array(wide.buffer);
    }
    case "F16": {
      const wide = new Float32Array(length / 2);
      const narrow = new Uint16Array(buffer, byteOffset, length / 2);
      for (let i = 0; i < wide.length; i += 1) wide[i] = fromHalf(narrow[i]!);
      return wide;
    }
  }
}

/** IEEE 754 binary16: one sign bit, five bits of exponent (bias 15), ten of fraction. */
function fromHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (1024 + fraction) * 2 ** (exponent - 25);
}
