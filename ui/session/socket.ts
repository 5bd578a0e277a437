/**
 * Keeps one WebSocket to the session open. When it closes, the page connects again, with growing pauses; so a page that
 * slept recovers by itself. After a minute without success, or when the server refuses this page, the link is `gone` and
 * says why; the user can then try again.
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

export type Listener = {
  /** Where to connect. Called before each attempt, because the address names the events that the page already has. */
  readonly address: () => URL;
  readonly onMessage: (message: ServerMessage) => void;
  readonly onLink: (link: Link) => void;
};

export class Socket {
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
    this.#setLink({ status: "reconnecting", attempt: this.#attempt });
    const reason =
      event.code >= 4000
        ? event.reason || `The server closed the session (code ${event.code}).`
        : await refusal(this.#listener.address());
    if (this.#closed || this.#socket) return;
    if (reason) return this.#setLink({ status: "gone", reason });
    if (Date.now() - this.#lostAt > GIVE_UP_AFTER) {
      return this.#setLink({
        status: "gone",
        reason: "The server does not answer. Check that `palimpsest start` is still running.",
      });
    }
    const pause = Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (this.#attempt - 1));
    this.#timer = setTimeout(() => this.connect(), pause);
  }

  #setLink(link: Link): void {
    this.link = link;
    this.#listener.onLink(link);
  }
}

/**
 * Why the server refuses this page, or undefined when it did not answer or no longer refuses. A browser does not tell a
 * script why a WebSocket was refused, so an ordinary request to the same address asks.
 */
async function refusal(address: URL): Promise<string | undefined> {
  address.protocol = location.protocol;
  try {
    const answer = await fetch(address, { cache: "no-store" });
    if (answer.status === 401 || answer.status === 403) {
      return "The server no longer recognises this page. Open the address that `palimpsest start` printed.";
    }
    if (answer.status === 400 || answer.status === 404) {
      const { message } = (await answer.json()) as Refusal;
      return message;
    }
  } catch {
    // The server does not answer: try again after the next pause.
  }
  return undefined;
}
