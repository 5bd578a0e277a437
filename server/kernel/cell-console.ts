/**
 * The console of one generation: what `console` and the output streams of the process were given in its context, as lines. A
 * line that a stream has not ended yet is sent too, and the next one replaces it.
 */
import { StringDecoder } from "node:string_decoder";
import type { ConsoleLine } from "../events.ts";
import { ConsoleBuffer } from "../session/console-buffer.ts";
import { asInTerminal, TerminalText } from "../session/terminal-text.ts";

type Level = ConsoleLine["level"];

export class CellConsole {
  readonly #buffer: ConsoleBuffer;
  readonly #terminal = new TerminalText();
  /** A character may be cut between two pieces of bytes. */
  readonly #decoders = new Map<Level, StringDecoder>();
  /** The level of the line that has not ended. */
  #open: Level | undefined;

  constructor(send: (lines: readonly ConsoleLine[]) => void) {
    this.#buffer = new ConsoleBuffer(send);
  }

  /** Prints whole lines. */
  log(level: Level, text: string): void {
    this.#endLine();
    this.#buffer.add({ level, text: asInTerminal(text) });
  }

  /** Writes text that may end in the middle of a line. */
  write(level: Level, chunk: string | Uint8Array): void {
    if (this.#open !== level) this.#endLine();
    const lines = this.#terminal.write(
      typeof chunk === "string" ? chunk : this.#decoder(level).write(Buffer.from(chunk)),
    );
    for (const text of lines) this.#buffer.add({ level, text });
    const changed = this.#terminal.open !== "" || (lines.length === 0 && this.#open !== undefined);
    if (changed) this.#buffer.add({ level, text: this.#terminal.open, open: true });
    this.#open = changed ? level : undefined;
  }

  /** Sends what waits. */
  flush(): void {
    this.#endLine();
    this.#buffer.flush();
  }

  drop(): void {
    this.#buffer.drop();
  }

  #endLine(): void {
    if (this.#open !== undefined) this.#buffer.add({ level: this.#open, text: this.#terminal.end() });
    this.#open = undefined;
  }

  #decoder(level: Level): StringDecoder {
    const decoder = this.#decoders.get(level) ?? new StringDecoder("utf8");
    this.#decoders.set(level, decoder);
    return decoder;
  }
}
