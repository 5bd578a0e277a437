/**
 * Knows which generations are at work in the kernel, and watches those that were told to end. One that has not ended
 * after the grace time is caught in code that never yields; only killing the process helps then.
 */
import type { CellId } from "../notebook/types.ts";

export class Grace {
  readonly #ms: number;
  readonly #overdue: (cell: CellId, told: "stop" | "end") => void;
  readonly #working = new Set<string>();
  readonly #timers = new Map<string, NodeJS.Timeout>();

  constructor(ms: number, overdue: (cell: CellId, told: "stop" | "end") => void) {
    this.#ms = ms;
    this.#overdue = overdue;
  }

  began(cell: CellId, generation: number): void {
    this.#working.add(`${cell} ${generation}`);
  }

  finished(cell: CellId, generation: number): void {
    const key = `${cell} ${generation}`;
    this.#working.delete(key);
    clearTimeout(this.#timers.get(key));
    this.#timers.delete(key);
  }

  /** The generation was told to end: from now on it has the grace time. @returns whether it is at work at all. */
  told(cell: CellId, generation: number, told: "stop" | "end"): boolean {
    const key = `${cell} ${generation}`;
    if (!this.#working.has(key)) return false;
    if (!this.#timers.has(key)) {
      this.#timers.set(
        key,
        setTimeout(() => this.#overdue(cell, told), this.#ms),
      );
    }
    return true;
  }

  clear(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
    this.#working.clear();
  }
}
