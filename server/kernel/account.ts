/**
 * The accounts of the ledger: buffers, the tensors that use them, and who owns those. Several tensors can share one buffer; its
 * bytes count once, for the owner of the oldest tensor that uses it. An entry describes its tensor but does not hold it, so
 * that a tensor which nobody else holds can be collected.
 */
import * as tf from "@tensorflow/tfjs";
import { heldBytes } from "../../cells/device/narrow.ts";
import type { Generation } from "./generation.ts";

export type Buffer = { readonly bytes: number; readonly holders: Entry[] };

export type Entry = {
  readonly dataId: tf.DataId;
  readonly dtype: tf.DataType;
  readonly shape: readonly number[];
  readonly size: number;
  readonly buffer: Buffer;
  account: Account;
  /** The tensor: undefined while a scope of tfjs will dispose it; the variable itself, since tfjs holds it anyway. */
  tensor: WeakRef<tf.Tensor> | tf.Variable | undefined;
};

/** What one generation owns; without a generation, what no cell made. */
export class Account {
  readonly owner: Generation | undefined;
  readonly entries = new Set<Entry>();
  bytes = 0;
  peak = 0;

  constructor(owner: Generation | undefined) {
    this.owner = owner;
  }

  /** The entry of the largest tensor. */
  get largest(): Entry | undefined {
    let largest: Entry | undefined;
    for (const entry of this.entries) {
      const { bytes, holders } = entry.buffer;
      if (holders[0] === entry && bytes > (largest?.buffer.bytes ?? 0)) largest = entry;
    }
    return largest;
  }

  charge(bytes: number): void {
    this.bytes += bytes;
    if (this.bytes > this.peak) this.peak = this.bytes;
  }
}

const ENTRY = Symbol("ledger entry");
const BUFFER = Symbol("ledger buffer");
type Tracked = tf.Tensor & { [ENTRY]?: Entry };
type DataId = tf.DataId & { [BUFFER]?: Buffer };

export function entryOf(tensor: tf.Tensor): Entry | undefined {
  return (tensor as Tracked)[ENTRY];
}

/** Makes the entry of a tensor. @returns it, before it is in any account's books */
export function makeEntry(tensor: tf.Tensor, account: Account): Entry {
  const { dataId, dtype, shape, size } = tensor;
  const bytes = bytesOf(tensor);
  const held = tensor instanceof tf.Variable ? tensor : undefined;
  const entry: Entry = { dataId, dtype, shape, size, buffer: bufferOf(dataId, bytes), account, tensor: held };
  (tensor as Tracked)[ENTRY] = entry;
  return entry;
}

/** Zero for types whose size tfjs does not know. */
export function bytesOf(tensor: tf.Tensor): number {
  return tensor.dtype === "string" || tensor.dtype === "complex64" ? 0 : heldBytes(tensor);
}

function bufferOf(dataId: DataId, bytes: number): Buffer {
  dataId[BUFFER] ??= { bytes, holders: [] };
  return dataId[BUFFER];
}

/** Adds an entry to its account and to the holders of its buffer. @returns the bytes by which the total grows */
export function add(entry: Entry): number {
  const { account, buffer } = entry;
  account.entries.add(entry);
  if (buffer.holders.push(entry) > 1) return 0;
  account.charge(buffer.bytes);
  return buffer.bytes;
}

/** Removes an entry. @returns the bytes by which the total shrinks */
export function remove(entry: Entry): number {
  const { account, buffer } = entry;
  if (!account.entries.delete(entry)) return 0;
  const { holders, bytes } = buffer;
  const place = holders.indexOf(entry);
  holders.splice(place, 1);
  if (place > 0) return 0;
  account.bytes -= bytes;
  const heir = holders[0];
  if (!heir) return bytes;
  heir.account.charge(bytes);
  return 0;
}

/** Moves an entry to another account. */
export function move(entry: Entry, to: Account): void {
  const { account, buffer } = entry;
  if (account === to || !account.entries.delete(entry)) return;
  to.entries.add(entry);
  if (buffer.holders[0] === entry) {
    account.bytes -= buffer.bytes;
    to.charge(buffer.bytes);
  }
  entry.account = to;
}
