/** The last events of a session, as many as fit into a fixed size: what a page needs that was away for a moment. */
import type { LoggedEvent } from "../events.ts";
import { textOf } from "./event-text.ts";

/** In characters of JSON text. */
const SIZE = 4_000_000;

export class RecentEvents {
  readonly #size: number;
  #events: LoggedEvent[] = [];
  #characters = 0;
  /** The first of `#events` that is still kept. */
  #first = 0;
  /** All later events are kept. */
  #since: number;

  /** @param since the sequence number before the first event */
  constructor(since: number, size = SIZE) {
    this.#since = since;
    this.#size = size;
  }

  add(logged: LoggedEvent): void {
    this.#events.push(logged);
    this.#characters += textOf(logged).length;
    while (this.#characters > this.#size) {
      const dropped = this.#events[this.#first++]!;
      this.#characters -= textOf(dropped).length;
      this.#since = dropped.seq;
    }
    if (this.#first * 2 > this.#events.length) {
      this.#events = this.#events.slice(this.#first);
      this.#first = 0;
    }
  }

  /** The events after a sequence number; undefined if some of them are no longer kept. */
  after(seq: number): readonly LoggedEvent[] | undefined {
    if (seq < this.#since) return undefined;
    const kept = this.#first === 0 ? this.#events : this.#events.slice(this.#first);
    const from = kept.findIndex((logged) => logged.seq > seq);
    return from < 0 ? [] : kept.slice(from);
  }
}
