/** Gathers the console lines of one generation and sends them in batches, so that a cell that prints in a loop floods nobody. */
import type { ConsoleLine } from "../events.ts";

/** Milliseconds between two batches. */
const INTERVAL_MS = 50;
/** The session keeps no more lines than this, so a larger batch would be wasted. */
const LINES = 2_000;

export class ConsoleBuffer {
  readonly #send: (lines: readonly ConsoleLine[]) => void;
  #lines: ConsoleLine[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(send: (lines: readonly ConsoleLine[]) => void) {
    this.#send = send;
  }

  add(line: ConsoleLine): void {
    this.#lines.push(line);
    if (this.#lines.length > 2 * LINES) this.#lines = this.#lines.slice(-LINES);
    this.#timer ??= setTimeout(() => this.flush(), INTERVAL_MS);
  }

  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const lines = this.#lines.slice(-LINES);
    this.#lines = [];
    if (lines.length > 0) this.#send(lines);
  }

  /** Forgets what has not been sent. */
  drop(): void {
    clearTimeout(this.#timer);
    this.#lines = [];
  }
}
