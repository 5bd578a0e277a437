/**
 * The rows or probe measurements of a run as a live table for notebooks. Only the run's loop adds to it; a rewind
 * shortens it.
 */
import type { RunTable } from "../../contracts.ts";
import type { LiveTable } from "../../output.ts";

export class GrowingTable<R extends { readonly step: number }> {
  readonly table: RunTable<R>;
  readonly #rows: R[] = [];

  constructor(name: LiveTable, run: string) {
    const rows = this.#rows;
    this.table = {
      live: { table: name, runs: [run] },
      get length() {
        return rows.length;
      },
      at: (index) => rows.at(index),
      [Symbol.iterator]: () => rows[Symbol.iterator](),
    };
  }

  get length(): number {
    return this.#rows.length;
  }

  get last(): R | undefined {
    return this.#rows.at(-1);
  }

  push(row: R): void {
    this.#rows.push(row);
  }

  upTo(step: number): readonly R[] {
    return this.#rows.filter((row) => row.step <= step);
  }

  cut(step: number): void {
    this.#rows.length = this.upTo(step).length;
  }
}
