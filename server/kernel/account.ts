/**
 * The books of the ledger: buffers, the tensors that show them, and who owns those. Several tensors can show one buffer;
 * its bytes count once, for the owner of the tensor that has shown it for longest. An entry knows what its tensor is but does not hold it, so
 * that a tensor which nobody else holds can be collected.
 */
import type * as tf from "@tensorflow/tfjs";
import type { Generation } from "./generation.ts";

export type Buffer = { readonly bytes: number; readonly holders: Entry[] };

export type Entry = {
  readonly dataId: tf.DataId;
  readonly dtype: tf.DataType;
  readonly shape: readonly number[];
  readonly size: number;
  readonly buffer: Buffer;
  account: Account;
  /** The tensor: none while a scope of tfjs will see to its end, the thing itself for a variable, which tfjs holds anyway. */
  tensor: WeakRef<tf.Tensor> | tf.Variable | undefined;
};

/** What one generation owns; of no generation: what no cell made. */
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

/** Puts an entry into its account and among the holders of its buffer. @returns the bytes that this adds to all that live. */
export function enter(entry: Entry): number {
  const { account, buffer } = entry;
  account.entries.add(entry);
  if (buffer.holders.push(entry) > 1) return 0;
  account.charge(buffer.bytes);
  return buffer.bytes;
}

/** Takes an entry out. @returns the bytes that end with it. */
export function strike(entry: Entry): number {
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
