/**
 * The channel between server and kernel: one JSON value per line, over a pipe. It is ours and not Node's IPC, because code of
 * cells shares the kernel's process and can write anything to the pipe: Node parses such bytes in a place where nobody can
 * catch the error. Here a line that is not JSON, or that never ends, closes the channel and says why.
 */
import type { Duplex } from "node:stream";

/** The most characters of one line. It is above every limit that outputs have. */
const LONGEST = 256_000_000;
/** Characters of a bad line that its fault shows. */
const SHOWN = 60;

export type ChannelListeners = {
  readonly received: (message: unknown) => void;
  /** Called once, after the last message. `fault`: why the other side is no longer understood. */
  readonly closed: (fault?: string) => void;
};

export class LineChannel {
  readonly #pipe: Duplex;
  readonly #listeners: ChannelListeners;
  readonly #longest: number;
  /** The pieces of a line that has not ended. */
  #pieces: string[] = [];
  #length = 0;
  #closed = false;

  constructor(pipe: Duplex, listeners: ChannelListeners, longest = LONGEST) {
    this.#pipe = pipe;
    this.#listeners = listeners;
    this.#longest = longest;
    pipe.setEncoding("utf8");
    pipe.on("data", (chunk: string) => this.#take(chunk));
    pipe.on("error", () => this.#close());
    pipe.on("close", () => this.#close());
    pipe.on("end", () => this.#close());
  }

  /** Sends a message. After the end of the channel it is dropped. */
  send(message: unknown): void {
    if (!this.#closed && this.#pipe.writable) this.#pipe.write(`${JSON.stringify(message)}\n`);
  }

  /** Says nothing more. Resolves when the other side can read all that was sent. */
  end(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#closed || !this.#pipe.writable) return resolve();
      this.#pipe.once("close", resolve);
      this.#pipe.end(resolve);
    });
  }

  #take(chunk: string): void {
    let start = 0;
    while (!this.#closed) {
      const end = chunk.indexOf("\n", start);
      const piece = chunk.slice(start, end < 0 ? undefined : end);
      this.#length += piece.length;
      if (this.#length > this.#longest)
        return void this.#close(`it sent a message of more than ${this.#longest} characters`);
      if (piece !== "") this.#pieces.push(piece);
      if (end < 0) return;
      const line = this.#pieces.join("");
      this.#pieces = [];
      this.#length = 0;
      start = end + 1;
      if (line.trim() === "") continue;
      let message: unknown;
      try {
        message = JSON.parse(line);
      } catch {
        return void this.#close(`it sent bytes that are not a message: ${JSON.stringify(line.slice(0, SHOWN))}`);
      }
      this.#listeners.received(message);
    }
  }

  #close(fault?: string): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#pieces = [];
    this.#pipe.destroy();
    this.#listeners.closed(fault);
  }
}
