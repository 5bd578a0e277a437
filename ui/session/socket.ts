/**
 * Keeps one WebSocket to the session open. When it closes, the page connects again, with growing pauses; so a page that
 * slept recovers by itself. After a minute without success, or when the server refuses this page, the link is `gone` and
 * says why; the user can then try again. Where time can help, the page also tries again by itself, less often: a server that is
 * restarted after an hour takes its pages back.
 */
import type { ClientMessage, Refusal } from "../../server/protocol.ts";
import type { ServerMessage } from "../../server/state/server-message.ts";

export type Link =
  | { readonly status: "connecting" }
  | { readonly status: "live" }
  | { readonly status: "reconnecting"; readonly attempt: number }
  | { readonly status: "gone"; readonly reason: string };

/** In milliseconds. */
const FIRST_PAUSE = 200;
const LONGEST_PAUSE = 4000;
const GIVE_UP_AFTER = 60_000;
/** Between two tries of a link that is gone. */
const GONE_PAUSE = 10_000;

/** The way to the server, or to what takes its place in a page without one. */
export type Connection = {
  readonly link: Link;
  connect(): void;
  /** All missed messages have arrived. */
  settled(): void;
  /** @returns whether it was sent */
  send(message: ClientMessage): boolean;
  close(): void;
  /** Keeps a file of the user for the notebook. @returns its path; left out where the server does it. */
  upload?(file: File): Promise<string>;
};

export type Listener = {
  /** Where to connect. Called before each attempt, because the address names the events that the page already has. */
  readonly address: () => URL;
  readonly onMessage: (message: ServerMessage) => void;
  readonly onLink: (link: Link) => void;
};

export class Socket implements Connection {
  link: Link = { status: "connecting" };
  readonly #listener: Listener;
  #socket: WebSocket | undefined;
  #attempt = 0;
  #lostAt = Date.now();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #closed = false;

  constructor(listener: Listener) {
    this.#listener = listener;
    addEventListener("online", this.#retryNow);
    document.addEventListener("visibilitychange", this.#retryNow);
  }

  /** Connects now, without waiting for the end of a pause. */
  connect(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#closed || this.#socket) return;
    if (this.link.status === "gone") {
      this.#lostAt = Date.now();
      this.#setLink({ status: "connecting" });
    }
    this.#open();
  }

  #open(): void {
    this.#timer = undefined;
    const socket = new WebSocket(this.#listener.address());
    this.#socket = socket;
    socket.addEventListener("message", (event) => {
      if (this.#socket === socket) this.#listener.onMessage(JSON.parse(String(event.data)) as ServerMessage);
    });
    socket.addEventListener("close", (event) => {
      if (this.#socket !== socket) return;
      this.#socket = undefined;
      void this.#onClose(event);
    });
  }

  /** All missed events have arrived: the link is live, and the next failure counts as the first one. */
  settled(): void {
    this.#attempt = 0;
    this.#setLink({ status: "live" });
  }

  /** @returns whether it was sent */
  send(message: ClientMessage): boolean {
    if (this.link.status !== "live" || this.#socket?.readyState !== WebSocket.OPEN) return false;
    this.#socket.send(JSON.stringify(message));
    return true;
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    removeEventListener("online", this.#retryNow);
    document.removeEventListener("visibilitychange", this.#retryNow);
    this.#socket?.close();
  }

  readonly #retryNow = (): void => {
    if (this.#timer !== undefined && !document.hidden) this.connect();
  };

  async #onClose(event: CloseEvent): Promise<void> {
    if (this.#closed) return;
    if (this.link.status === "live") this.#lostAt = Date.now();
    this.#attempt += 1;
    if (this.link.status !== "gone") this.#setLink({ status: "reconnecting", attempt: this.#attempt });
    const refused: Refused | undefined =
      event.code >= 4000
        ? { reason: event.reason || `The server closed the session (code ${event.code}).`, again: "when asked" }
        : await refusal(this.#listener.address());
    if (this.#closed || this.#socket) return;
    if (refused) return this.#gone(refused);
    if (Date.now() - this.#lostAt > GIVE_UP_AFTER) return this.#gone({ reason: NO_ANSWER, again: "later" });
    const pause = Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (this.#attempt - 1));
    this.#timer = setTimeout(() => this.#open(), pause);
  }

  #gone({ reason, again }: Refused): void {
    if (this.link.status !== "gone" || this.link.reason !== reason) this.#setLink({ status: "gone", reason });
    if (again === "later") this.#timer = setTimeout(() => this.#open(), GONE_PAUSE);
  }

  #setLink(link: Link): void {
    this.link = link;
    this.#listener.onLink(link);
  }
}

type Refused = { readonly reason: string; readonly again: "later" | "when asked" };
const NO_ANSWER = "The server does not answer. Check that `palimpsest start` is still running.";

/**
 * Why the server refuses this page, or undefined when it did not answer or no longer refuses. A browser does not tell a
 * script why a WebSocket was refused, so an ordinary request to the same address asks.
 */
async function refusal(address: URL): Promise<Refused | undefined> {
  address.protocol = location.protocol;
  try {
    const answer = await fetch(address, { cache: "no-store" });
    // The address answers requests of other kinds with this status: nothing stands in the way of a connection.
    if (answer.status === 426) return undefined;
    if (answer.status === 401 || answer.status === 403)
      return {
        reason: "The server no longer recognises this page. Open the address that `palimpsest start` printed.",
        again: "later",
      };
    if (answer.status >= 400) {
      const { message } = (await answer.json()) as Refusal;
      return { reason: message, again: "when asked" };
    }
  } catch {
    // The server does not answer: try again after the next pause.
  }
  return undefined;
}
