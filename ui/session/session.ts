/**
 * The page's copy of a session. The server sends events, and the page applies them with the server's own reducer, once per
 * frame. A request is answered with `done` or `refused`; what it changed arrives as events, so the state changes in one way
 * only.
 */

import type { CellId } from "../../server/notebook/types.ts";
import type { ClientMessage, LoggedEvent, Request } from "../../server/protocol.ts";
import { type StatePart, stateOf } from "../../server/state/parts.ts";
import { initialState, reduce } from "../../server/state/reducer.ts";
import type { ServerMessage } from "../../server/state/server-message.ts";
import { cellState, type SessionState } from "../../server/state/state.ts";
import { Drafts, draftsKey } from "./drafts.ts";
import { lengthFault } from "./message-length.ts";
import { type Connection, type Link, type Listener, Socket } from "./socket.ts";
import { redone } from "./text-merge.ts";

/** Who wrote a source: this page, whose edit comes back as an event, or anyone else. */
export type SourceOrigin = "this-page" | "elsewhere";
export type SourceListener = (source: string, origin: SourceOrigin) => void;

type Unanswered = { readonly resolve: () => void; readonly reject: (reason: Refused) => void };

/** The request was not carried out; the message says why. */
export class Refused extends Error {}

/** A short message for the user. */
export type Notice = {
  readonly level: "info" | "warn" | "error";
  readonly text: string;
  /** A request that the user may make about it. */
  readonly action?: "save-file";
};

export class Session {
  state: SessionState;
  /** Whether the state is complete: false until all past events have been applied. */
  loaded = false;
  /** Marks the edits of this page, so that it recognises them when they come back as events. */
  readonly page: string = crypto.randomUUID();
  readonly #socket: Connection;
  readonly #notify: (notice: Notice) => void;
  readonly #listeners = new Set<() => void>();
  readonly #sources = new Map<CellId, SourceListener>();
  readonly #unanswered = new Map<number, Unanswered>();
  readonly #drafts: Drafts;
  #queue: LoggedEvent[] = [];
  #frame: { readonly animation: number; readonly timeout: ReturnType<typeof setTimeout> } | undefined;
  #epoch = "";
  /** The last sequence number received, applied or not. */
  #received = 0;
  #catchingUp = true;
  /** The session was opened again: the next events are applied to an empty state. */
  #fromStart = true;
  /** The parts of a new state that have arrived. */
  #parts: StatePart[] | undefined;
  #lastRequest = 0;

  /**
   * @param notify shows refusals and notices. Of the notices in the past events, only the last one, if it is a warning or an error.
   * @param connection the server's, or that of a page without one
   */
  constructor(
    path: string,
    notify: (notice: Notice) => void,
    connection: (listener: Listener) => Connection = (listener) => new Socket(listener),
  ) {
    this.state = initialState(path);
    this.#notify = notify;
    this.#drafts = new Drafts(sessionStorage, draftsKey(path));
    this.#socket = connection({
      address: () => {
        const address = new URL("/api/session", location.href);
        address.protocol = location.protocol === "https:" ? "wss:" : "ws:";
        address.search = String(
          new URLSearchParams({ notebook: path, since: String(this.#received), epoch: this.#epoch }),
        );
        return address;
      },
      onMessage: (message) => this.#onMessage(message),
      onLink: (link) => this.#onLink(link),
    });
    this.#socket.connect();
  }

  get link(): Link {
    return this.#socket.link;
  }

  /** Connects now, without waiting for the end of a pause. */
  reconnect(): void {
    this.#socket.connect();
  }

  close(): void {
    this.#socket.close();
  }

  /** Keeps a file where there is no server to do it. */
  get upload(): ((file: File) => Promise<string>) | undefined {
    const { upload } = this.#socket;
    return upload && ((file) => upload.call(this.#socket, file));
  }

  /** Something that was typed is only in this page, and waiting for the server's answer would not save it. */
  get unsaved(): boolean {
    return this.#drafts.all.size > 0 && (this.link.status !== "live" || this.#drafts.someRefused);
  }

  /** Calls the listener after each batch of events and each change of the link. @returns the function that ends it */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Calls the listener with each source that the cell gets, in order, and with the current one after each reconnection. @returns the function that ends it */
  followSource(cell: CellId, listener: SourceListener): () => void {
    this.#sources.set(cell, listener);
    return () => {
      if (this.#sources.get(cell) === listener) this.#sources.delete(cell);
    };
  }

  /** Resolves when the request's events have been applied. @throws Refused when the server refuses it or cannot be reached */
  request(request: Request): Promise<void> {
    const message: ClientMessage = { id: ++this.#lastRequest, request };
    const tooLong = lengthFault(message);
    if (tooLong !== undefined) return Promise.reject(new Refused(tooLong));
    if (!this.#socket.send(message))
      return Promise.reject(new Refused("Not connected to the server. Nothing was changed."));
    return new Promise((resolve, reject) => this.#unanswered.set(message.id, { resolve, reject }));
  }

  /** Sends the source that was typed into a cell, and keeps it until the server has it. @throws Refused */
  async edit(id: CellId, source: string): Promise<void> {
    const cell = cellState(this.state, id)?.cell;
    if (!cell) throw new Refused(`The cell ${id} no longer exists.`);
    this.#drafts.typed(cell, source);
    if (this.link.status !== "live") throw new Refused("Not connected to the server. The text is kept in this page.");
    await this.#sendDraft(id, source, this.page);
  }

  async #sendDraft(cell: CellId, source: string, by: string): Promise<void> {
    try {
      await this.request({ type: "edit", cell, source, by });
      this.#drafts.confirmed(cell, source);
    } catch (reason) {
      if (this.link.status === "live") this.#drafts.refused(cell);
      throw reason;
    }
  }

  /** Sends what was typed before the page was loaded again. A cell that has an editor sends its text by itself. */
  #resend(): void {
    for (const [id, draft] of [...this.#drafts.all]) {
      if (this.#sources.has(id)) continue;
      const source = cellState(this.state, id)?.cell.source;
      if (source === undefined) {
        this.#drafts.discard(id);
        const after = this.state.cells.at(-1)?.cell.id ?? null;
        void this.send({ type: "insert", after, kind: draft.kind, source: draft.text });
        this.#notify({
          level: "warn",
          text: `The cell ${id} no longer exists. What you typed into it before is in a new cell at the end.`,
        });
        continue;
      }
      const text = redone(draft, source);
      this.#drafts.replace(id, { ...draft, text, known: [source] });
      if (text === source) this.#drafts.discard(id);
      // Not as an edit of this page: the editors that are made meanwhile do not have the text yet.
      else this.#sendDraft(id, text, `${this.page} before`).catch((reason: Error) => this.showError(reason.message));
    }
  }

  /** Like `request`, but shows a refusal as a notice. @returns whether the request was carried out */
  async send(request: Request): Promise<boolean> {
    try {
      await this.request(request);
      return true;
    } catch (reason) {
      if (!(reason instanceof Refused)) throw reason;
      this.showError(reason.message);
      return false;
    }
  }

  /** Tells the user why something was not done. */
  showError(message: string): void {
    this.#notify({ level: "error", text: message });
  }

  #onMessage(message: ServerMessage): void {
    switch (message.type) {
      case "welcome":
        this.#catchingUp = true;
        if (message.epoch !== this.#epoch) {
          this.#epoch = message.epoch;
          this.#received = 0;
          this.#queue = [];
          this.#fromStart = true;
        }
        return;
      case "state": {
        const { part } = message;
        if (part.part === "session") {
          this.#parts = [];
          this.#received = part.seq;
          this.#queue = [];
          this.#catchingUp = true;
          this.#fromStart = true;
        }
        this.#parts?.push(part);
        return;
      }
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
        this.#publishAllSources();
        this.#publish();
        this.#resend();
        return;
      case "done":
        this.#apply();
        this.#unanswered.get(message.id)?.resolve();
        this.#unanswered.delete(message.id);
        return;
      case "refused":
        this.#unanswered.get(message.id)?.reject(new Refused(message.message));
        this.#unanswered.delete(message.id);
        return;
      default:
        message satisfies never;
    }
  }

  #onLink(link: Link): void {
    if (link.status !== "live") {
      for (const each of this.#unanswered.values())
        each.reject(new Refused("The connection was lost before the server answered."));
      this.#unanswered.clear();
    }
    this.#publish();
  }

  /** Once per frame; in a hidden tab, which has no frames, by a timer. */
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
    if (this.#catchingUp || (this.#queue.length === 0 && !this.#fromStart)) return;
    const events = this.#queue;
    const fromStart = this.#fromStart;
    this.#queue = [];
    this.#fromStart = false;
    const parts = this.#parts;
    this.#parts = undefined;
    let state = parts ? stateOf(parts) : fromStart ? initialState(this.state.path) : this.state;
    for (const logged of events) {
      state = reduce(state, logged);
      this.state = state;
      if (fromStart) continue;
      const { event } = logged;
      if (event.type === "notice") this.#notify(event);
      if (event.type === "cell-edited")
        this.#publishSource(event.cell, event.by === this.page ? "this-page" : "elsewhere");
      if (event.type === "replaced") this.#publishAllSources();
    }
    this.state = state;
    if (fromStart && state.notice && state.notice.level !== "info") this.#notify(state.notice);
    this.#publish();
  }

  #publishSource(cell: CellId, origin: SourceOrigin): void {
    const source = cellState(this.state, cell)?.cell.source;
    if (source !== undefined) this.#sources.get(cell)?.(source, origin);
  }

  #publishAllSources(): void {
    for (const cell of [...this.#sources.keys()]) this.#publishSource(cell, "elsewhere");
  }

  #publish(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}
