/**
 * Interrupts for code that never yields. A second thread listens to the server on a pipe of its own and writes into memory
 * that both threads share; loops of cells and every tfjs kernel read it. Each generation has a slot with two words:
 * `hint` says that somebody may have been interrupted, `asked` says that this generation was. Reading the hint costs next to
 * nothing, and only if it is set does the code ask who is calling: a function of one cell may be called by another.
 */
import type { CellId } from "../notebook/types.ts";
import { Signals, sharedNumbers } from "./signals.ts";

/** A slot is used again after this many generations, unless its generation is still alive. */
const SLOTS = 16_384;

/** The reason of a signal that aborts because the user, or a newer execution, wants the work to end. */
export class Interrupted extends Error {
  override readonly name = "AbortError";
}

/** The interrupts as one generation sees them. */
export type InterruptFlag = {
  /** One number: not zero when an interrupt may be pending for anyone. */
  readonly hint: Int32Array;
  /** Interrupts this generation. */
  raise(): void;
  /** The same without a hint to other cells: functions of theirs that this one calls notice at the next `alert`. */
  mark(): void;
  /** The generation has ended and its slot may be used again. Code of it that still runs finds the flag raised for a long time. */
  release(): void;
  /** Whether this generation was interrupted. If not, the hint is cleared until the next interrupt of anyone. */
  readonly raised: boolean;
  /**
   * Runs code that a signal can break off until it first yields, without its `catch` and `finally`: the last resort
   * before the process is killed. @throws Interrupted when that happened
   */
  interruptible<T>(work: () => T): T;
};

export class Interrupts {
  readonly #hints = sharedNumbers(SLOTS);
  readonly #asked = sharedNumbers(SLOTS);
  readonly #signals = new Signals(this.#hints, this.#asked);
  #next = 0;
  readonly #taken = new Set<number>();

  /** Starts to listen to the server. @param fd the pipe on which it names the generations to interrupt */
  listen(fd: number): void {
    this.#signals.listen(fd);
  }

  /** Sets every hint, so that all code checks whether it was interrupted. */
  alert(): void {
    this.#hints.fill(1);
  }

  flag(cell: CellId, generation: number): InterruptFlag {
    while (this.#taken.has(this.#next)) this.#next = (this.#next + 1) % SLOTS;
    const slot = this.#next;
    this.#next = (slot + 1) % SLOTS;
    const taken = this.#taken.add(slot);
    const asked = this.#asked;
    const hint = new Int32Array(this.#hints.buffer, 4 * slot, 1);
    Atomics.store(asked, slot, 0);
    this.#signals.announce({ cell, generation, slot });
    return {
      hint,
      raise: () => {
        Atomics.store(asked, slot, 1);
        this.alert();
      },
      mark() {
        Atomics.store(asked, slot, 1);
        Atomics.store(hint, 0, 1);
      },
      release: () => void taken.delete(slot),
      get raised() {
        // Clear the hint first, then read: one of the two sees an interrupt that comes in between.
        Atomics.store(hint, 0, 0);
        if (Atomics.load(asked, slot) === 0) return false;
        Atomics.store(hint, 0, 1);
        return true;
      },
      interruptible: (work) => {
        const done = this.#signals.breakable(slot, work);
        if (done === "broken off") throw new Interrupted(`The cell ${cell} was interrupted by a signal.`);
        return done.value;
      },
    };
  }
}
