/**
 * The JSON header of a safetensors file. It comes from outside, so shapes, offsets and overlaps are checked before anything is
 * read at them.
 *
 * Source: https://github.com/huggingface/safetensors#format
 */
import { isRecord } from "../json.ts";

/** Bytes per element of the types that model weights have. */
export const floatWidths = { F32: 4, F16: 2, BF16: 2 } as const;

/** Bytes per element of every type that can be written. */
export const widths = {
  F64: 8,
  I64: 8,
  U64: 8,
  I32: 4,
  U32: 4,
  I16: 2,
  U16: 2,
  I8: 1,
  U8: 1,
  BOOL: 1,
  ...floatWidths,
} as const;

/** A tensor and its bytes, from `from` to `to` (exclusive) after the header. */
export type Entry<Dtype extends string> = {
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly from: number;
  readonly to: number;
};

export type Header<Dtype extends string> = {
  readonly entries: ReadonlyMap<string, Entry<Dtype>>;
  readonly metadata: Readonly<Record<string, string>>;
};

/** An error about the file `where`; `what` continues the sentence. */
export function unreadable(where: string, what: string): Error {
  return new Error(`${where} is not a valid safetensors file: ${what}.`);
}

/** @param allowed the types that may occur, with their bytes per element @throws if the header breaks the format. */
export function parseHeader<Dtype extends string>(
  bytes: Uint8Array,
  where: string,
  allowed: Readonly<Record<Dtype, number>>,
): Header<Dtype> {
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    throw unreadable(where, "its header is not valid JSON");
  }
  if (!isRecord(header)) throw unreadable(where, "its header is not a JSON object");
  const entries = new Map<string, Entry<Dtype>>();
  let metadata: Record<string, string> = {};
  for (const [name, value] of Object.entries(header)) {
    if (name === "__metadata__") metadata = metadataOf(value, where);
    else entries.set(name, parseEntry(name, value, where, allowed));
  }
  let end = 0;
  for (const [name, entry] of [...entries].sort(([, a], [, b]) => a.from - b.from || a.to - b.to)) {
    if (entry.from < end) throw unreadable(where, `the tensor "${name}" overlaps another`);
    end = entry.to;
  }
  return { entries, metadata };
}

/** Some writers put null where there is none. */
function metadataOf(value: unknown, where: string): Record<string, string> {
  const metadata = value ?? {};
  if (!isRecord(metadata) || !Object.values(metadata).every((each) => typeof each === "string"))
    throw unreadable(where, "its __metadata__ is not an object of strings");
  return metadata as Record<string, string>;
}

function parseEntry<Dtype extends string>(
  name: string,
  value: unknown,
  where: string,
  allowed: Readonly<Record<Dtype, number>>,
): Entry<Dtype> {
  const { dtype, shape, data_offsets: offsets } = (value ?? {}) as Record<string, unknown>;
  const isCount = (n: unknown): n is number => typeof n === "number" && Number.isSafeInteger(n) && n >= 0;
  if (!Array.isArray(shape) || !shape.every(isCount) || !Array.isArray(offsets) || !offsets.every(isCount)) {
    throw unreadable(where, `the tensor "${name}" has an invalid shape or invalid offsets`);
  }
  const isAllowed = (type: unknown): type is Dtype => typeof type === "string" && Object.hasOwn(allowed, type);
  if (!isAllowed(dtype)) {
    const types = Object.keys(allowed)
      .join(", ")
      .replace(/, (\w+)$/, " and $1");
    throw unreadable(
      where,
      `the tensor "${name}" has ${typeof dtype === "string" ? `the type ${dtype}` : "no type"}; supported types are ${types}`,
    );
  }
  const [from = 0, to = -1] = offsets;
  if (to - from !== shape.reduce((product, n) => product * n, allowed[dtype])) {
    throw unreadable(
      where,
      `the tensor "${name}" has ${to - from} bytes, which does not fit its shape [${shape.join(", ")}]`,
    );
  }
  return { dtype, shape, from, to };
}
