/**
 * Sends messages to one page in order, at the page's own pace. A chunk goes out when the socket has taken the one before; so a
 * page that is slow, or that opens a long session, costs the server one chunk of memory and not the whole history. Nobody
 * waits for a slow page, and it is never cut off.
 */
import type { LoggedEvent } from "../events.ts";
import type { ServerMessage } from "../protocol.ts";

/** Events and characters of a chunk, at most; a single larger event goes alone. */
const EVENTS = 500;
const CHARACTERS = 1_000_000;

export type Send = (text: string, sent: () => void) => void;

type Waiting = Exclude<ServerMessage, { readonly type: "events" }> | LoggedEvent;

export class Feed {
  readonly #send: Send;
  #waiting: Waiting[] = [];
  /** The first entry of `#waiting` that was not sent. */
  #next = 0;
  #sending = false;

  constructor(send: Send) {
    this.#send = send;
  }

  message(message: Exclude<ServerMessage, { readonly type: "events" }>): void {
    this.#waiting.push(message);
    this.#pump();
  }

  events(events: readonly LoggedEvent[]): void {
    for (const event of events) this.#waiting.push(event);
    this.#pump();
  }

  #pump(): void {
    while (!this.#sending && this.#next < this.#waiting.length) {
      this.#sending = true;
      let immediately = true;
      this.#send(this.#chunk(), () => {
        this.#sending = false;
        if (!immediately) this.#pump();
      });
      immediately = false;
    }
    if (this.#next === this.#waiting.length) {
      this.#waiting = [];
      this.#next = 0;
    }
  }

  /** The next message, or as many of the next events as fit into one. */
  #chunk(): string {
    const first = this.#waiting[this.#next]!;
    if (!("event" in first)) {
      this.#next += 1;
      return JSON.stringify(first);
    }
    const texts: string[] = [];
    let characters = 0;
    while (this.#next < this.#waiting.length && texts.length < EVENTS) {
      const each = this.#waiting[this.#next]!;
      if (!("event" in each)) break;
      const text = JSON.stringify(each);
      if (texts.length > 0 && characters + text.length > CHARACTERS) break;
      texts.push(text);
      characters += text.length;
      this.#next += 1;
    }
    return `{"type":"events","events":[${texts.join(",")}]}`;
  }
}
