/**
 * Who owns which tensor: the generation in whose async context it was made. When a generation ends, its tensors are freed,
 * variables included, except for those that it keeps for the next one. A budget fails a cell before the process runs out of
 * memory.
 */
import * as tf from "@tensorflow/tfjs";
import type { CellId } from "../notebook/types.ts";
import type { Holdings } from "../values.ts";
import { Account, add, bytesOf, type Entry, entryOf, makeEntry, move, remove } from "./account.ts";
import { Garbage } from "./garbage.ts";
import { current, type Generation } from "./generation.ts";
import { HoldingsReport, holdingsOf } from "./holdings.ts";
import { freedTensor, tensorDoesNotFit } from "./tensor-errors.ts";

export class Ledger {
  /** In the order in which the generations made their first tensor, which is ancestors first. */
  readonly #accounts = new Map<Generation | undefined, Account>();
  /** Tensors kept by generations that ended, until the next one of the cell begins. */
  readonly #kept = new Map<CellId, Account>();
  readonly #garbage = new Garbage(
    (entry) => this.#free(entry),
    () => this.#total,
  );
  readonly #report: HoldingsReport;
  readonly #engine = tf.engine();
  /** tfjs's own way to dispose a tensor; it works without the tensor's object, too. */
  readonly #dispose: (tensor: tf.Tensor) => void = Object.getPrototypeOf(this.#engine).disposeTensor;
  #total = 0;
  #peak = 0;
  #count = 0;
  /** While a generation ends, the account of what it keeps: its disposers must not dispose those tensors. */
  #protected: Account | undefined;
  /** The most bytes that tensors may use. */
  budget = Number.POSITIVE_INFINITY;

  constructor(report: (holdings: Holdings) => void) {
    this.#report = new HoldingsReport(() => this.holdings(), report);
  }

  /** The engine has made a tensor, or a variable has got a new value. @throws if the budget is exceeded */
  made(tensor: tf.Tensor): void {
    // A variable with a new value is tracked again, perhaps by a descendant that trains it; it stays with the cell that made it.
    const known = entryOf(tensor)?.account;
    const account = known && !known.owner?.ended ? known : this.#accountOf(current.getStore());
    const entry = makeEntry(tensor, account);
    this.#total += add(entry);
    this.#count += 1;
    if (this.#total > this.#peak) this.#peak = this.#total;
    if (!entry.tensor && this.#engine.state.activeScope == null) this.released(tensor);
    if (account.owner?.ended) setImmediate(() => this.#freeAll(account));
    this.#report.changed();
    this.#garbage.grown(this.#total);
    if (this.#total > this.budget) this.#enforceBudget(tensor);
  }

  /** Makes sure that so many more bytes fit into the budget. @throws if they do not */
  reserve(bytes: number): void {
    if (this.#total + bytes <= this.budget) return;
    this.#garbage.collectNow(this.#allAccounts());
    if (this.#total + bytes > this.budget) throw this.#doesNotFit(bytes, this.#total);
  }

  /** No scope of tfjs will dispose this tensor: it lives until code disposes it, or until nothing reaches it. */
  released(tensor: tf.Tensor): void {
    const entry = entryOf(tensor);
    if (entry && !entry.tensor && !tensor.isDisposed) this.#garbage.watch(tensor, entry);
  }

  mayBeDisposed(tensor: tf.Tensor): boolean {
    return !this.#protected || entryOf(tensor)?.account !== this.#protected;
  }

  disposed(tensor: tf.Tensor): void {
    const entry = entryOf(tensor);
    if (entry) this.#remove(entry);
  }

  /** The error for code that uses a tensor which was disposed or freed. */
  freedTensor(tensor: tf.Tensor): Error {
    return freedTensor(tensor, entryOf(tensor)?.account.owner);
  }

  /** A generation begins and takes over what the one before has kept. */
  begin(generation: Generation): void {
    const kept = this.#kept.get(generation.cell);
    if (!kept) return;
    this.#kept.delete(generation.cell);
    const account = this.#accountOf(generation);
    for (const entry of [...kept.entries]) move(entry, account);
    this.#report.changed();
  }

  /**
   * A generation ends: `close` runs while the tensors that it keeps cannot be disposed, and then its other tensors are freed.
   * What it still makes afterwards is freed as soon as it yields.
   */
  end(generation: Generation, close: () => void): void {
    const kept = new Account(generation);
    const tensors = generation.keptTensors();
    for (const tensor of tensors) {
      const entry = entryOf(tensor);
      if (entry?.account.owner === generation) move(entry, kept);
    }
    this.#protected = kept;
    close();
    this.#protected = undefined;
    // If a disposer called `dispose` on them, that only set tfjs's mark; take it off.
    for (const tensor of tensors) {
      const entry = entryOf(tensor);
      if (entry && kept.entries.has(entry)) Object.assign(tensor, { isDisposedInternal: false });
    }
    if (kept.entries.size > 0) this.#kept.set(generation.cell, kept);
    const account = this.#accounts.get(generation);
    if (account) this.#freeAll(account);
    this.#accounts.delete(generation);
    this.#report.changed();
  }

  /** Frees what a cell kept that will not run again. */
  forget(cell: CellId): void {
    const kept = this.#kept.get(cell);
    this.#kept.delete(cell);
    if (kept) this.#freeAll(kept);
  }

  /** Frees tensors that nothing reaches any more. */
  collect(): void {
    this.#garbage.collect();
  }

  holdings(): Holdings {
    const living = [...this.#accounts].flatMap(([owner, account]) => (owner ? [[owner.cell, account] as const] : []));
    const budget = Number.isFinite(this.budget) ? { budget: this.budget } : {};
    const memory = { peak: this.#peak, count: this.#count, reclaimed: this.#garbage.reclaimed, ...budget };
    return holdingsOf(living, this.#kept, this.#total, memory);
  }

  #accountOf(owner: Generation | undefined): Account {
    const known = this.#accounts.get(owner);
    if (known) return known;
    const account = new Account(owner);
    this.#accounts.set(owner, account);
    return account;
  }

  #allAccounts(): Account[] {
    return [...this.#accounts.values(), ...this.#kept.values()];
  }

  #enforceBudget(tensor: tf.Tensor): void {
    const bytes = bytesOf(tensor);
    if (bytes === 0) return;
    this.#garbage.collectNow(this.#allAccounts());
    if (this.#total <= this.budget) return;
    const error = this.#doesNotFit(bytes, this.#total - bytes);
    tensor.dispose();
    throw error;
  }

  #remove(entry: Entry): void {
    if (!entry.account.entries.has(entry)) return;
    this.#total -= remove(entry);
    this.#count -= 1;
    this.#garbage.unwatch(entry);
    this.#report.changed();
  }

  #freeAll({ owner, entries }: Account): void {
    for (const entry of [...entries]) {
      const tensor = entry.tensor instanceof WeakRef ? entry.tensor.deref() : entry.tensor;
      if (tensor) tensor.dispose();
      else this.#free(entry);
    }
    if (owner?.ended) this.#accounts.delete(owner);
  }

  /** Disposes a tensor whose object is gone. tfjs reads nothing of it that its entry lacks. */
  #free(entry: Entry): void {
    this.#dispose.call(this.#engine, entry as unknown as tf.Tensor);
    this.#remove(entry);
  }

  #doesNotFit(bytes: number, held: number): Error {
    return tensorDoesNotFit(bytes, held, this.budget, this.#allAccounts());
  }
}
