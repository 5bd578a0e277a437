/**
 * Limits the rate of the events that a kernel sends very often: rows, progress and tensor counts are collected and passed on
 * twenty times per second. All other events are passed on at once, after the collected ones, so the order stays.
 */
import type { SessionEvent } from "../events.ts";

const EVERY_MS = 50;

export class Coalescing {
  readonly #pass: (events: readonly SessionEvent[]) => void;
  #collected: SessionEvent[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(pass: (events: readonly SessionEvent[]) => void) {
    this.#pass = pass;
  }

  push(event: SessionEvent): void {
    if (collects(event)) {
      this.#collected = joined(this.#collected, event);
      this.#timer ??= setTimeout(() => this.flush(), EVERY_MS);
      return;
    }
    this.flush();
    this.#pass([event]);
  }

  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const events = this.#collected;
    this.#collected = [];
    if (events.length > 0) this.#pass(events);
  }
}

function collects({ type }: SessionEvent): boolean {
  return type === "run-rows" || type === "cell-progress" || type === "run-phase" || type === "tensors";
}

/** Adds an event to the list: rows are appended to those of the same table, progress and tensors replace earlier ones. */
export function joined(collected: readonly SessionEvent[], event: SessionEvent): SessionEvent[] {
  if (event.type === "run-rows") {
    const index = collected.findIndex(
      (each) => each.type === "run-rows" && each.run === event.run && each.table === event.table,
    );
    const before = collected[index];
    if (before?.type !== "run-rows") return [...collected, event];
    // Both belong to the same table, so their rows have the same shape; the compiler cannot see that.
    const rows = [...before.rows, ...event.rows] as typeof event.rows;
    return collected.with(index, { ...event, from: before.from, rows } as SessionEvent);
  }
  const replaces = (each: SessionEvent): boolean =>
    each.type === event.type &&
    (event.type !== "run-phase" || (each.type === "run-phase" && each.run === event.run)) &&
    (event.type !== "cell-progress" || (each.type === "cell-progress" && each.cell === event.cell));
  return [...collected.filter((each) => !replaces(each)), event];
}
