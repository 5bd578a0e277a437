/**
 * Gathers the console lines of one generation and sends them in batches. A cell may print much at once, but not without end:
 * what it prints is sent to the server, its log and all pages. Beyond an allowance, which grows with time, only the newest
 * lines of a batch are sent, and a line says how many are missing.
 */
import type { ConsoleLine } from "../events.ts";

/** Milliseconds between two batches. */
const INTERVAL_MS = 50;
/** The session keeps no more lines than this, so a larger batch would be wasted. */
const LINES = 2_000;
/** Characters that may be sent at once, and those that come back per millisecond. */
const BURST = 4_000_000;
const REFILL = 50;

export class ConsoleBuffer {
  readonly #send: (lines: readonly ConsoleLine[]) => void;
  #lines: ConsoleLine[] = [];
  #missing = 0;
  #allowance = BURST;
  #refilled = performance.now();
  #timer: NodeJS.Timeout | undefined;

  constructor(send: (lines: readonly ConsoleLine[]) => void) {
    this.#send = send;
  }

  add(line: ConsoleLine): void {
    if (this.#lines.at(-1)?.open) this.#lines.pop();
    this.#lines.push(line);
    if (this.#lines.length > 2 * LINES) this.#shorten();
    this.#timer ??= setTimeout(() => this.#sendBatch(), INTERVAL_MS);
  }

  /** Sends what waits. If the last lines are missing, a line says so. */
  flush(): void {
    this.#sendBatch();
    if (this.#missing > 0) this.#send([this.#missingLine()]);
  }

  #sendBatch(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#shorten();
    const lines = this.#affordable();
    this.#missing += this.#lines.length - lines.length;
    this.#lines = [];
    if (lines.length === 0) return;
    this.#send(this.#missing > 0 ? [this.#missingLine(), ...lines] : lines);
  }

  #missingLine(): ConsoleLine {
    const missing = this.#missing === 1 ? "1 line is" : `${this.#missing} lines are`;
    this.#missing = 0;
    return { level: "warn", text: `… ${missing} missing here: the cell prints faster than can be shown.` };
  }

  /** Forgets what has not been sent. */
  drop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#lines = [];
    this.#missing = 0;
  }

  #shorten(): void {
    if (this.#lines.length <= LINES) return;
    this.#missing += this.#lines.length - LINES;
    this.#lines = this.#lines.slice(-LINES);
  }

  /** The newest lines that the allowance is enough for; it pays for them. */
  #affordable(): readonly ConsoleLine[] {
    const now = performance.now();
    this.#allowance = Math.min(BURST, this.#allowance + (now - this.#refilled) * REFILL);
    this.#refilled = now;
    let first = this.#lines.length;
    while (first > 0) {
      const cost = this.#lines[first - 1]!.text.length + 40;
      if (cost > this.#allowance) break;
      this.#allowance -= cost;
      first -= 1;
    }
    return first === 0 ? this.#lines : this.#lines.slice(first);
  }
}
