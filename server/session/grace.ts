/**
 * Knows which generations run in the kernel, and watches those that were told to end. One that has not ended after the
 * grace time runs code that never yields; then only killing the process helps.
 */
import type { CellId } from "../notebook/types.ts";

/** `stop`: keep the values. `end`: free them, since another generation follows. */
export type Told = "stop" | "end";

export class Grace {
  readonly #ms: number;
  readonly #overdue: (cell: CellId, told: Told) => void;
  readonly #running = new Set<string>();
  readonly #timers = new Map<string, NodeJS.Timeout>();
  /** What the generations with a timer were told last. */
  readonly #told = new Map<string, Told>();

  constructor(ms: number, overdue: (cell: CellId, told: Told) => void) {
    this.#ms = ms;
    this.#overdue = overdue;
  }

  began(cell: CellId, generation: number): void {
    this.#running.add(`${cell} ${generation}`);
  }

  finished(cell: CellId, generation: number): void {
    const key = `${cell} ${generation}`;
    this.#running.delete(key);
    clearTimeout(this.#timers.get(key));
    this.#timers.delete(key);
    this.#told.delete(key);
  }

  /** Starts the grace time of a generation, unless it has started already. @returns whether the generation runs at all */
  told(cell: CellId, generation: number, told: Told): boolean {
    const key = `${cell} ${generation}`;
    if (!this.#running.has(key)) return false;
    this.#told.set(key, told);
    if (!this.#timers.has(key)) {
      const timer = setTimeout(() => this.#overdue(cell, this.#told.get(key) ?? told), this.#ms);
      this.#timers.set(key, timer);
    }
    return true;
  }

  clear(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
    this.#told.clear();
    this.#running.clear();
  }
}
