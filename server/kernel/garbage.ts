/**
 * Tensors that nothing reaches any more. tfjs disposes them only in its scopes, so the ledger frees them when JavaScript's
 * garbage collector finds them. V8 does not see what lies on a device; therefore the garbage is also collected when the tensors
 * hold much more than after the last collection, and when the kernel is idle.
 */
import type { Tensor } from "@tensorflow/tfjs";
import type { Account, Entry } from "./account.ts";

/** Bytes that may be held more than after the last collection. */
const GROWTH = 256 * 2 ** 20;

export class Garbage {
  readonly #free: (entry: Entry) => void;
  /** All bytes that tensors hold. */
  readonly #total: () => number;
  readonly #unreachable = new FinalizationRegistry<Entry>((entry) => this.#reclaim(entry));
  #reclaimed = { count: 0, bytes: 0 };
  #totalAfterLast = 0;
  #scheduled = false;
  /** Whether tensors were made since the last collection that may have become unreachable. */
  #candidates = false;

  /** @param free disposes a tensor whose object is gone */
  constructor(free: (entry: Entry) => void, total: () => number) {
    this.#free = free;
    this.#total = total;
  }

  get reclaimed(): { readonly count: number; readonly bytes: number } {
    return { ...this.#reclaimed };
  }

  /** From now on the tensor is freed when nothing reaches it. */
  watch(tensor: Tensor, entry: Entry): void {
    this.#candidates = true;
    entry.tensor = new WeakRef(tensor);
    this.#unreachable.register(tensor, entry, entry);
  }

  unwatch(entry: Entry): void {
    if (entry.tensor instanceof WeakRef) this.#unreachable.unregister(entry);
  }

  /** Called with every tensor that is made. */
  grown(total: number): void {
    if (total <= this.#totalAfterLast + GROWTH || this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      // Most of what a training step holds at its peak is gone when it yields.
      if (this.#total() > this.#totalAfterLast + GROWTH) this.collect();
    });
  }

  /** Takes 5 to 100 ms; nothing if no tensor was made since the last time. */
  collect(): void {
    if (!this.#candidates) return;
    this.#candidates = false;
    globalThis.gc?.();
    // The registry calls back in the turn after this one.
    setImmediate(() => {
      this.#totalAfterLast = this.#total();
    });
  }

  /** Collects in the middle of a task, where the registry does not call back. */
  collectNow(accounts: readonly Account[]): void {
    globalThis.gc?.();
    for (const { entries } of accounts) {
      for (const entry of [...entries]) {
        if (entry.tensor instanceof WeakRef && entry.tensor.deref() === undefined) this.#reclaim(entry);
      }
    }
    this.#totalAfterLast = this.#total();
  }

  #reclaim(entry: Entry): void {
    if (!entry.account.entries.has(entry)) return;
    const before = this.#total();
    this.#free(entry);
    this.#reclaimed.count += 1;
    this.#reclaimed.bytes += before - this.#total();
  }
}
