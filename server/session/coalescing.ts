/**
 * Slows the quick talkers of a kernel down to what log and pages can follow: rows, progress and tensor counts are
 * collected and let through twenty times a second. Everything else passes at once, after what was collected before it,
 * so that the order stays.
 */
import type { SessionEvent } from "../events.ts";

const EVERY_MS = 50;

export class Coalescing {
  readonly #pass: (events: readonly SessionEvent[]) => void;
  #held: SessionEvent[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(pass: (events: readonly SessionEvent[]) => void) {
    this.#pass = pass;
  }

  push(event: SessionEvent): void {
    if (event.type === "run-rows" || event.type === "cell-progress" || event.type === "tensors") {
      this.#held = joined(this.#held, event);
      this.#timer ??= setTimeout(() => this.flush(), EVERY_MS);
      return;
    }
    this.flush();
    this.#pass([event]);
  }

  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const events = this.#held;
    this.#held = [];
    if (events.length > 0) this.#pass(events);
  }
}

/** The list with the event taken in: rows join those of their table, progress and tensors replace what was said before. */
export function joined(held: readonly SessionEvent[], event: SessionEvent): SessionEvent[] {
  if (event.type === "run-rows") {
    const index = held.findIndex(
      (each) => each.type === "run-rows" && each.run === event.run && each.table === event.table,
    );
    const before = held[index];
    if (before?.type !== "run-rows") return [...held, event];
    // Both are of one table, which the compiler cannot see: rows of a table have one shape.
    const rows = [...before.rows, ...event.rows] as typeof event.rows;
    return held.with(index, { ...event, from: before.from, rows } as SessionEvent);
  }
  const replaces = (each: SessionEvent): boolean =>
    each.type === event.type &&
    (event.type !== "cell-progress" || (each.type === "cell-progress" && each.cell === event.cell));
  return [...held.filter((each) => !replaces(each)), event];
}
