/**
 * Knows which generations run in the kernel, and watches those that were told to end. One that has not ended after the
 * grace time runs a long step, or code that never yields. The grace time follows the slowest step that was seen.
 */
import type { CellId } from "../notebook/types.ts";

/** `stop`: keep the values. `end`: free them, since another generation follows. */
export type Told = "stop" | "end";

/** A generation that has not ended. `waited`: milliseconds since it was told to. */
export type Overdue = { readonly cell: CellId; readonly told: Told; readonly waited: number };

/** How many of the slowest steps a training may take to end: it finishes its step, and may write a checkpoint. */
const STEPS = 3;

type Watched = { readonly told: Told; readonly since: number; readonly timer: NodeJS.Timeout };

export class Grace {
  readonly #ms: number;
  readonly #overdue: (overdue: Overdue) => void;
  readonly #running = new Set<string>();
  readonly #watched = new Map<string, Watched>();
  /** Milliseconds of the slowest step that each cell has shown. */
  readonly #slowest = new Map<CellId, number>();

  constructor(ms: number, overdue: (overdue: Overdue) => void) {
    this.#ms = ms;
    this.#overdue = overdue;
  }

  began(cell: CellId, generation: number): void {
    this.#running.add(keyOf(cell, generation));
  }

  /** A training of the cell took so many milliseconds for a step. */
  stepped(cell: CellId, ms: number): void {
    if (ms > (this.#slowest.get(cell) ?? 0)) this.#slowest.set(cell, ms);
  }

  /** @returns whether it had been reported as overdue or was being watched */
  finished(cell: CellId, generation: number): boolean {
    const key = keyOf(cell, generation);
    this.#running.delete(key);
    const watched = this.#watched.get(key);
    clearTimeout(watched?.timer);
    return this.#watched.delete(key);
  }

  /** Starts the grace time of a generation, unless it has started already. @returns whether the generation runs at all */
  told(cell: CellId, generation: number, told: Told): boolean {
    const key = keyOf(cell, generation);
    if (!this.#running.has(key)) return false;
    const before = this.#watched.get(key);
    if (before) this.#watched.set(key, { ...before, told });
    else this.#watch(key, cell, told, performance.now(), this.#graceOf(cell));
    return true;
  }

  clear(): void {
    for (const { timer } of this.#watched.values()) clearTimeout(timer);
    this.#watched.clear();
    this.#running.clear();
    this.#slowest.clear();
  }

  #graceOf(cell: CellId): number {
    return Math.max(this.#ms, STEPS * (this.#slowest.get(cell) ?? 0));
  }

  /** Reports once, and again each time that the generation has taken twice as long. */
  #watch(key: string, cell: CellId, told: Told, since: number, wait: number): void {
    const timer = setTimeout(() => {
      const now = this.#watched.get(key);
      if (!now) return;
      const waited = performance.now() - since;
      this.#watch(key, cell, now.told, since, waited);
      this.#overdue({ cell, told: now.told, waited });
    }, wait);
    this.#watched.set(key, { told, since, timer });
  }
}

function keyOf(cell: CellId, generation: number): string {
  return `${cell} ${generation}`;
}
