/**
 * The page's copy of a session: the events that the server sends, applied by the server's own reducer, a frame's worth at
 * a time. Requests go out with an id and come back as done or refused; what they changed arrives as events like
 * everything else, so there is no second way for the state to change.
 */

import type { CellId } from "../../server/notebook/types.ts";
import type { ClientMessage, LoggedEvent, Request, ServerMessage } from "../../server/protocol.ts";
import { initialState, reduce } from "../../server/state/reducer.ts";
import { cellState, type SessionState } from "../../server/state/state.ts";
import { type Link, Socket } from "./socket.ts";

/** `own`: this page's edit came back. */
export type SourceListener = (source: string, own: boolean) => void;

type Waiting = { readonly resolve: () => void; readonly reject: (reason: Refused) => void };

export class Refused extends Error {}

/** Something that the user should read. */
export type Said = { readonly level: "info" | "warn" | "error"; readonly text: string };

export class Session {
  state: SessionState;
  /** Whether the state is whole: false until the first replay is through. */
  loaded = false;
  /** Names this page as the origin of its edits. */
  readonly page: string = crypto.randomUUID();
  readonly #socket: Socket;
  readonly #say: (said: Said) => void;
  readonly #listeners = new Set<() => void>();
  readonly #sources = new Map<CellId, SourceListener>();
  readonly #waiting = new Map<number, Waiting>();
  #queue: LoggedEvent[] = [];
  #frame: { readonly animation: number; readonly timeout: ReturnType<typeof setTimeout> } | undefined;
  #epoch = "";
  /** The last sequence number received, applied or not. */
  #received = 0;
  #catchingUp = true;
  /** The log was begun anew: the next events are applied to an empty state. */
  #anew = true;
  #lastRequest = 0;

  /** @param say is told refusals and notices: of the past, only the last word on a fault. */
  constructor(path: string, say: (said: Said) => void) {
    this.state = initialState(path);
    this.#say = say;
    this.#socket = new Socket({
      address: () => {
        const address = new URL("/api/session", location.href);
        address.protocol = location.protocol === "https:" ? "wss:" : "ws:";
        address.search = String(
          new URLSearchParams({ notebook: path, since: String(this.#received), epoch: this.#epoch }),
        );
        return address;
      },
      hear: (message) => this.#hear(message),
      changed: (link) => this.#linkChanged(link),
    });
    this.#socket.connect();
  }

  get link(): Link {
    return this.#socket.link;
  }

  /** Tries again now, whatever the pause. */
  reconnect(): void {
    this.#socket.connect();
  }

  close(): void {
    this.#socket.close();
  }

  /** Is told after each batch of events and each change of the link. Returns the way out. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Is told each source that a cell takes, one by one and in order, and the present one after every reconnection. */
  followSource(cell: CellId, listener: SourceListener): () => void {
    this.#sources.set(cell, listener);
    return () => {
      if (this.#sources.get(cell) === listener) this.#sources.delete(cell);
    };
  }

  /** @throws Refused when the server says no or is not there. When it resolves, the request's events have been applied. */
  request(request: Request): Promise<void> {
    const message: ClientMessage = { id: ++this.#lastRequest, request };
    if (!this.#socket.send(message)) return Promise.reject(new Refused("Not connected: nothing was changed."));
    return new Promise((resolve, reject) => this.#waiting.set(message.id, { resolve, reject }));
  }

  /** As `request`, for buttons: a refusal becomes a notice. Tells whether it was done. */
  async ask(request: Request): Promise<boolean> {
    try {
      await this.request(request);
      return true;
    } catch (reason) {
      if (!(reason instanceof Refused)) throw reason;
      this.refuse(reason.message);
      return false;
    }
  }

  /** Tells the user why something was not done. */
  refuse(message: string): void {
    this.#say({ level: "error", text: message });
  }

  #hear(message: ServerMessage): void {
    switch (message.type) {
      case "welcome":
        this.#catchingUp = true;
        if (message.epoch !== this.#epoch) {
          this.#epoch = message.epoch;
          this.#received = 0;
          this.#queue = [];
          this.#anew = true;
        }
        return;
      case "events":
        for (const logged of message.events) {
          if (logged.seq <= this.#received) continue;
          this.#received = logged.seq;
          this.#queue.push(logged);
        }
        if (!this.#catchingUp) this.#schedule();
        return;
      case "caught-up":
        this.#catchingUp = false;
        this.#socket.settled();
        this.#apply();
        this.loaded = true;
        for (const cell of [...this.#sources.keys()]) this.#tellSource(cell);
        this.#tell();
        return;
      case "done":
        this.#apply();
        this.#waiting.get(message.id)?.resolve();
        this.#waiting.delete(message.id);
        return;
      case "refused":
        this.#waiting.get(message.id)?.reject(new Refused(message.message));
        this.#waiting.delete(message.id);
        return;
      default:
        message satisfies never;
    }
  }

  #linkChanged(link: Link): void {
    if (link.status !== "live") {
      for (const each of this.#waiting.values())
        each.reject(new Refused("The connection broke before the answer came."));
      this.#waiting.clear();
    }
    this.#tell();
  }

  /** Once per frame; a hidden tab has no frames, so a timer stands in. */
  #schedule(): void {
    if (this.#frame) return;
    const apply = (): void => this.#apply();
    this.#frame = { animation: requestAnimationFrame(apply), timeout: setTimeout(apply, 250) };
  }

  #apply(): void {
    if (this.#frame) {
      cancelAnimationFrame(this.#frame.animation);
      clearTimeout(this.#frame.timeout);
      this.#frame = undefined;
    }
    if (this.#catchingUp || (this.#queue.length === 0 && !this.#anew)) return;
    const events = this.#queue;
    const anew = this.#anew;
    this.#queue = [];
    this.#anew = false;
    let state = anew ? initialState(this.state.path) : this.state;
    for (const logged of events) {
      state = reduce(state, logged);
      this.state = state;
      if (anew) continue;
      if (logged.event.type === "notice") this.#say(logged.event);
      if (logged.event.type === "cell-edited") this.#tellSource(logged.event.cell, logged.event.by === this.page);
      if (logged.event.type === "replaced") for (const cell of [...this.#sources.keys()]) this.#tellSource(cell);
    }
    this.state = state;
    if (anew && state.notice && state.notice.level !== "info") this.#say(state.notice);
    this.#tell();
  }

  #tellSource(cell: CellId, own = false): void {
    const source = cellState(this.state, cell)?.cell.source;
    if (source !== undefined) this.#sources.get(cell)?.(source, own);
  }

  #tell(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}
