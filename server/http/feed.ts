/**
 * Sends messages to one page in order, at the page's own pace. A chunk goes out when the socket has taken the one before; so a
 * page that is slow, or that opens a long session, costs the server one chunk of memory and not the whole history. Nobody
 * waits for a slow page, and it is never cut off: if it falls far behind, it gets the state of that moment instead of the events.
 * The events of a long burst are gathered for about a frame, since the page pays for each message.
 */
import type { LoggedEvent } from "../events.ts";
import { textOf } from "../session/event-text.ts";
import type { ServerMessage } from "../state/server-message.ts";

/** Events and characters of a chunk, at most; a single larger event goes alone. */
const EVENTS = 500;
const CHARACTERS = 1_000_000;
/** Characters of events that wait, at most. */
const BEHIND = 8_000_000;
/** Chunks of events that go out at once after a pause or an answer; then events gather for about a frame of the screen. */
const AT_ONCE = 60;
/** Milliseconds. */
const GATHER = 16;

export type Send = (text: string, sent: () => void) => void;

type Message = Exclude<ServerMessage, { readonly type: "events" }>;
/** The whole state: its parts are made when the page is ready for them. */
type Whole = { readonly parts: () => Iterable<Message> };
type Waiting = Message | Whole | LoggedEvent;

export class Feed {
  readonly #send: Send;
  readonly #whole: () => Iterable<Message>;
  #waiting: Waiting[] = [];
  /** The first entry of `#waiting` that was not sent. */
  #next = 0;
  /** Of the events that wait. */
  #characters = 0;
  #parts: Iterator<Message> | undefined;
  #sending = false;
  /** Chunks of events since the last pause or answer. */
  #burst = 0;
  /** When the last chunk of events went out. */
  #last = 0;
  #gathering: ReturnType<typeof setTimeout> | undefined;

  /** @param whole the messages that bring a page to the present state, whatever it has */
  constructor(send: Send, whole: () => Iterable<Message>) {
    this.#send = send;
    this.#whole = whole;
  }

  message(message: Message): void {
    this.#burst = 0;
    this.#waiting.push(message);
    this.#pump();
  }

  whole(): void {
    this.#waiting.push({ parts: this.#whole });
    this.#pump();
  }

  events(events: readonly LoggedEvent[]): void {
    for (const event of events) {
      this.#waiting.push(event);
      this.#characters += textOf(event).length;
    }
    const since = performance.now() - this.#last;
    if (since > GATHER) this.#burst = 0;
    if (this.#burst < AT_ONCE) this.#pump();
    else this.#gathering ??= setTimeout(() => this.#pump(), GATHER - since);
    if (this.#characters > BEHIND) this.#giveUpEvents();
  }

  /** The state holds what the events that wait would do. Answers to requests stay: they come after it. */
  #giveUpEvents(): void {
    const others = this.#waiting.slice(this.#next).filter((each) => !("event" in each) && !("parts" in each));
    this.#waiting = [{ parts: this.#whole }, ...others];
    this.#next = 0;
    this.#characters = 0;
  }

  #pump(): void {
    clearTimeout(this.#gathering);
    this.#gathering = undefined;
    while (!this.#sending) {
      const text = this.#chunk();
      if (text === undefined) return;
      this.#sending = true;
      let immediately = true;
      this.#send(text, () => {
        this.#sending = false;
        if (!immediately) this.#pump();
      });
      immediately = false;
    }
  }

  /** The next message, or as many of the next events as fit into one; undefined if nothing waits. */
  #chunk(): string | undefined {
    const part = this.#parts?.next();
    if (part && !part.done) return JSON.stringify(part.value);
    this.#parts = undefined;
    const first = this.#waiting[this.#next];
    if (!first) {
      this.#waiting = [];
      this.#next = 0;
      return undefined;
    }
    if ("event" in first) return this.#eventsChunk();
    this.#next += 1;
    if (!("parts" in first)) return JSON.stringify(first);
    this.#parts = first.parts()[Symbol.iterator]();
    return this.#chunk();
  }

  #eventsChunk(): string {
    this.#burst += 1;
    this.#last = performance.now();
    const texts: string[] = [];
    let characters = 0;
    while (this.#next < this.#waiting.length && texts.length < EVENTS) {
      const each = this.#waiting[this.#next]!;
      if (!("event" in each)) break;
      const text = textOf(each);
      if (texts.length > 0 && characters + text.length > CHARACTERS) break;
      texts.push(text);
      characters += text.length;
      this.#next += 1;
    }
    this.#characters -= characters;
    return `{"type":"events","events":[${texts.join(",")}]}`;
  }
}
