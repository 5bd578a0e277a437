/**
 * How values are represented in a cache file. `values` is JSON: a list of nodes, one per object, which refer to each
 * other by their number, so shared and circular objects stay as they are. Bytes are in a safetensors file beside it. A
 * codec translates one kind of object into its node and back.
 */
import type { RawTensor } from "../model/safetensors.ts";

/** A value inside a node: JSON as it is, a primitive that JSON lacks, or the number of an object's node. */
export type Code =
  | string
  | number
  | boolean
  | null
  | readonly ["number" | "bigint" | "undefined" | "node", ...(string | number)[]];

/** Passed to codecs while values are stored. */
export interface Encoder {
  /** @param path of the value, for messages: `result.rows[3]` */
  code(value: unknown, path: string): Code;
  /** Adds bytes to the safetensors file. @returns the name of its tensor there */
  addTensor(tensor: RawTensor | Promise<RawTensor>): string;
}

/** Passed to codecs while values are restored. */
export interface Decoder {
  value(code: Code): Promise<unknown>;
  /** @throws if the file has no such tensor */
  tensor(name: string): RawTensor;
  /** Registers an object before its contents are restored, since these may refer to it. */
  begin<T extends object>(object: T): T;
}

export interface Codec<N extends { readonly kind: string }> {
  readonly kind: N["kind"];
  /** The node of an object of this kind; undefined for other objects. @throws NotCacheable */
  encode(value: object, path: string, encoder: Encoder): N | undefined;
  decode(node: N, decoder: Decoder): unknown;
}

/** Says which value cannot be stored in a file, and why. */
export class NotCacheable extends Error {}

/** @param what such as "a function" */
export function notCacheable(path: string, what: string): NotCacheable {
  return new NotCacheable(
    `${path} is ${what}. Only plain data, tensors, and models and adapters of Palimpsest can be cached.`,
  );
}
