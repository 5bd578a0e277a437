/**
 * Who owns which tensor: the generation in whose async context it was made. A generation that ends takes its tensors
 * along, variables included, but for those that it keeps for the next one. Tensors that nothing reaches any more are
 * reclaimed: tfjs itself never does that outside of its scopes. A budget stops a cell before the process dies of it.
 */
import * as tf from "@tensorflow/tfjs";
import type { Holding, Holdings } from "../events.ts";
import type { CellId } from "../notebook/types.ts";
import { Account, type Buffer, type Entry, enter, move, strike } from "./account.ts";
import { bytesInWords, heldBy } from "./budget.ts";
import { current, type Generation } from "./generation.ts";

/** At most four reports a second. */
const REPORT_MS = 250;
/** The garbage is collected when so many bytes are held more than after the last time: V8 does not see what lies on a device. */
const PRESSURE = 256 * 2 ** 20;

const ENTRY = Symbol("ledger entry");
const BUFFER = Symbol("ledger buffer");
type Tracked = tf.Tensor & { [ENTRY]?: Entry };
type DataId = tf.DataId & { [BUFFER]?: Buffer };

export class Ledger {
  readonly #report: (holdings: Holdings) => void;
  /** In the order in which the generations made their first tensor, which is ancestors first. */
  readonly #accounts = new Map<Generation | undefined, Account>();
  /** Tensors kept by generations that ended, until the next one of the cell begins. */
  readonly #kept = new Map<CellId, Account>();
  readonly #unreachable = new FinalizationRegistry<Entry>((entry) => this.#reclaim(entry));
  readonly #engine = tf.engine();
  /** tfjs's own way to end a tensor, whether its object is still there or not. */
  readonly #dispose: (tensor: tf.Tensor) => void = Object.getPrototypeOf(this.#engine).disposeTensor;
  readonly #reclaimed = { count: 0, bytes: 0 };
  #total = 0;
  #peak = 0;
  #count = 0;
  /** Bytes held after the garbage was last collected. */
  #mark = 0;
  #collecting = false;
  /** Tensors were made since then that may have been dropped. */
  #loose = false;
  #timer: NodeJS.Timeout | undefined;
  #last = "";
  /** The account whose tensors no disposer of the ending generation may touch. */
  #sheltered: Account | undefined;
  /** Most bytes that tensors may take. */
  budget = Number.POSITIVE_INFINITY;

  constructor(report: (holdings: Holdings) => void) {
    this.#report = report;
  }

  /** A tensor that the engine has just made, or a variable that has just got another value. @throws when the budget is exceeded */
  made(tensor: tf.Tensor): void {
    const { dataId, dtype, shape, size } = tensor;
    // A variable that gets a new value is tracked anew, perhaps by a descendant that trains it; it stays its maker's.
    const known = (tensor as Tracked)[ENTRY]?.account;
    const account = known && !known.owner?.ended ? known : this.#accountOf(current.getStore());
    const bytes = dtype === "string" || dtype === "complex64" ? 0 : size * tf.util.bytesPerElement(dtype);
    const variable = tensor instanceof tf.Variable;
    const entry: Entry = {
      dataId,
      dtype,
      shape,
      size,
      buffer: bufferOf(dataId, bytes),
      account,
      tensor: variable ? tensor : undefined,
    };
    (tensor as Tracked)[ENTRY] = entry;
    this.#total += enter(entry);
    this.#count += 1;
    if (this.#total > this.#peak) this.#peak = this.#total;
    if (!variable && this.#engine.state.activeScope == null) this.released(tensor);
    if (account.owner?.ended) setImmediate(() => this.#freeAll(account));
    this.#changed();
    if (this.#total > this.#mark + PRESSURE) this.#collectSoon();
    if (this.#total > this.budget && bytes > 0) {
      this.#reclaimNow();
      if (this.#total <= this.budget) return;
      const refusal = this.#refusal(bytes, this.#total - bytes);
      tensor.dispose();
      throw refusal;
    }
  }

  /** @throws when so many bytes more would exceed the budget, for whoever can still leave it. */
  reserve(bytes: number): void {
    if (this.#total + bytes <= this.budget) return;
    this.#reclaimNow();
    if (this.#total + bytes > this.budget) throw this.#refusal(bytes, this.#total);
  }

  /** No scope of tfjs will end this tensor: it lives until someone does, or until nothing reaches it. */
  released(tensor: tf.Tensor): void {
    const entry = (tensor as Tracked)[ENTRY];
    if (!entry || entry.tensor || tensor.isDisposed) return;
    this.#loose = true;
    entry.tensor = new WeakRef(tensor);
    this.#unreachable.register(tensor, entry, entry);
  }

  /** @returns whether the tensor may go now. */
  mayGo(tensor: tf.Tensor): boolean {
    return !this.#sheltered || (tensor as Tracked)[ENTRY]?.account !== this.#sheltered;
  }

  gone(tensor: tf.Tensor): void {
    const entry = (tensor as Tracked)[ENTRY];
    if (entry) this.#strike(entry);
  }

  /** Why a tensor that is gone cannot be used. */
  epitaph(tensor: tf.Tensor): string {
    const owner = (tensor as Tracked)[ENTRY]?.account.owner;
    const what = `This tensor (${tensor.dtype} [${tensor.shape.join(", ")}])`;
    if (!owner) return `${what} was disposed.`;
    const { cell, number, successor } = owner;
    if (!owner.ended) return `${what}, made by generation ${number} of the cell ${cell}, was disposed.`;
    const by = successor === undefined ? "which has ended" : `which generation ${successor} of that cell ended`;
    return (
      `${what} was freed with generation ${number} of the cell ${cell}, ${by}. ` +
      `Use what the cell defines now, or hand the tensor over there with keep(…).`
    );
  }

  /** Takes over what the generation before has kept. */
  begin(generation: Generation): void {
    const kept = this.#kept.get(generation.cell);
    if (!kept) return;
    this.#kept.delete(generation.cell);
    const account = this.#accountOf(generation);
    for (const entry of [...kept.entries]) move(entry, account);
    this.#changed();
  }

  /**
   * Ends a generation's part: `close` runs while what it keeps is out of its reach, and then what is left is freed. What
   * it still makes afterwards is freed as soon as it gives way.
   */
  end(generation: Generation, close: () => void): void {
    const kept = new Account(generation);
    const tensors = generation.keeps();
    for (const tensor of tensors) {
      const entry = (tensor as Tracked)[ENTRY];
      if (entry?.account.owner === generation) move(entry, kept);
    }
    this.#sheltered = kept;
    close();
    this.#sheltered = undefined;
    // A disposer may have called `dispose` on them, which did nothing but mark them.
    for (const tensor of tensors) {
      if (kept.entries.has((tensor as Tracked)[ENTRY]!)) Object.assign(tensor, { isDisposedInternal: false });
    }
    if (kept.entries.size > 0) this.#kept.set(generation.cell, kept);
    const account = this.#accounts.get(generation);
    if (account) this.#freeAll(account);
    this.#accounts.delete(generation);
    this.#changed();
  }

  /** Frees what a cell kept that will not run again. */
  forget(cell: CellId): void {
    const kept = this.#kept.get(cell);
    this.#kept.delete(cell);
    if (kept) this.#freeAll(kept);
  }

  /** Collects the garbage, and with it the tensors that nothing reaches any more. Takes 5 to 100 ms, nothing where no tensor was made. */
  collect(): void {
    if (!this.#loose) return;
    this.#loose = false;
    globalThis.gc?.();
    // The registry calls back in the turn after this one.
    setImmediate(() => {
      this.#mark = this.#total;
    });
  }

  holdings(): Holdings {
    const cells: Record<CellId, Holding> = {};
    for (const [owner, account] of this.#accounts) if (owner) Object.assign(cells, { [owner.cell]: holding(account) });
    for (const [cell, account] of this.#kept) cells[cell] ??= holding(account);
    const budget = Number.isFinite(this.budget) ? { budget: this.budget } : {};
    const memory = { peak: this.#peak, count: this.#count, reclaimed: { ...this.#reclaimed }, ...budget };
    return { total: this.#total, cells, memory };
  }

  #accountOf(owner: Generation | undefined): Account {
    const known = this.#accounts.get(owner);
    if (known) return known;
    const account = new Account(owner);
    this.#accounts.set(owner, account);
    return account;
  }

  #strike(entry: Entry): void {
    if (!entry.account.entries.has(entry)) return;
    this.#total -= strike(entry);
    this.#count -= 1;
    if (entry.tensor instanceof WeakRef) this.#unreachable.unregister(entry);
    this.#changed();
  }

  #freeAll({ owner, entries }: Account): void {
    for (const entry of [...entries]) {
      const tensor = entry.tensor instanceof WeakRef ? entry.tensor.deref() : entry.tensor;
      if (tensor) tensor.dispose();
      else this.#free(entry);
    }
    if (owner?.ended) this.#accounts.delete(owner);
  }

  /** Ends a tensor whose object is gone. tfjs reads of it only what an entry has. */
  #free(entry: Entry): void {
    this.#dispose.call(this.#engine, entry as unknown as tf.Tensor);
    this.#strike(entry);
  }

  #reclaim(entry: Entry): void {
    if (!entry.account.entries.has(entry)) return;
    const before = this.#total;
    this.#free(entry);
    this.#reclaimed.count += 1;
    this.#reclaimed.bytes += before - this.#total;
  }

  /** Reclaims in the middle of a task, where the registry does not call. */
  #reclaimNow(): void {
    globalThis.gc?.();
    for (const { entries } of [...this.#accounts.values(), ...this.#kept.values()]) {
      for (const entry of [...entries]) {
        if (entry.tensor instanceof WeakRef && entry.tensor.deref() === undefined) this.#reclaim(entry);
      }
    }
    this.#mark = this.#total;
  }

  #collectSoon(): void {
    if (this.#collecting) return;
    this.#collecting = true;
    setImmediate(() => {
      this.#collecting = false;
      // Most of what a training step holds at its height is gone when it gives way.
      if (this.#total > this.#mark + PRESSURE) this.collect();
    });
  }

  #refusal(bytes: number, held: number): Error {
    const { budget } = this;
    const holders = heldBy([...this.#accounts.values(), ...this.#kept.values()]);
    return new Error(
      `A tensor of ${bytesInWords(bytes)} does not fit: tensors may take ${bytesInWords(budget)} and hold ${bytesInWords(held)}` +
        `${holders === "" ? "" : ` (${holders})`}. Free what is not needed (tf.tidy, dispose), make smaller batches, or raise the ` +
        `budget with --memory.`,
    );
  }

  #changed(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      const holdings = this.holdings();
      const said = JSON.stringify(holdings);
      if (said !== this.#last) this.#report(holdings);
      this.#last = said;
    }, REPORT_MS);
  }
}

function bufferOf(dataId: DataId, bytes: number): Buffer {
  dataId[BUFFER] ??= { bytes, holders: [] };
  return dataId[BUFFER];
}

function holding(account: Account): Holding {
  const { bytes, peak, entries, largest } = account;
  const shown = largest && { shape: largest.shape, dtype: largest.dtype, bytes: largest.buffer.bytes };
  return { bytes, count: entries.size, peak, ...(shown && { largest: shown }) };
}
