/**
 * Asks again and again while the page is seen: often while something runs, seldom otherwise, since somebody may start it in a
 * terminal. A slow answer makes the pauses longer, so that the page takes a small part of the server's time.
 */
import type { ReactiveController, ReactiveControllerHost } from "lit";

/** Milliseconds between an answer and the next question. */
const ACTIVE_MS = 1000;
const QUIET_MS = 5000;
/** A pause is at least this many times as long as the answer took. */
const PAUSES_PER_ANSWER = 4;

export class Looking implements ReactiveController {
  readonly #look: () => Promise<"active" | "quiet">;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isConnected = false;
  /** Counts the questions, so that an answer that was overtaken plans no further ones. */
  #asked = 0;

  /** @param look asks, and says how soon to ask again */
  constructor(host: ReactiveControllerHost, look: () => Promise<"active" | "quiet">) {
    this.#look = look;
    host.addController(this);
  }

  hostConnected(): void {
    this.#isConnected = true;
    document.addEventListener("visibilitychange", this.now);
    void this.now();
  }

  hostDisconnected(): void {
    this.#isConnected = false;
    document.removeEventListener("visibilitychange", this.now);
    clearTimeout(this.#timer);
  }

  readonly now = async (): Promise<void> => {
    clearTimeout(this.#timer);
    if (document.hidden || !this.#isConnected) return;
    this.#asked += 1;
    const own = this.#asked;
    const begun = performance.now();
    const pause = (await this.#look()) === "active" ? ACTIVE_MS : QUIET_MS;
    if (own !== this.#asked || !this.#isConnected) return;
    const longer = PAUSES_PER_ANSWER * (performance.now() - begun);
    this.#timer = setTimeout(this.now, Math.max(pause, longer));
  };
}
