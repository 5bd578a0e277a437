/**
 * Text for a terminal, as lines: a carriage return or a backspace goes back and overwrites, so that a progress bar stays one
 * line; codes for colours and the like are left out. Text may come in pieces that end anywhere.
 */

/** Characters of one line; the rest is cut off. */
const LONGEST = 20_000;
const ESCAPE = "\\x1b";
const END_OF_COMMAND = "\\x07";
/** All control characters but the tab and the line break. */
const CONTROLS = "\\x00-\\x08\\x0b-\\x1f\\x7f";
const CONTROL = new RegExp(`[${CONTROLS}]`);
/** The start of a code whose end is in the next piece. */
const UNFINISHED = new RegExp(`${ESCAPE}(?:\\[[0-9;:?]{0,30}|\\][^${END_OF_COMMAND}${ESCAPE}]{0,200}${ESCAPE}?)?$`);
/** A code that ends, any other control character, or plain text. */
const PIECES = new RegExp(
  [
    `${ESCAPE}\\[([0-9;:?]*)([@-~])`,
    `${ESCAPE}\\][^${END_OF_COMMAND}${ESCAPE}]*(?:${END_OF_COMMAND}|${ESCAPE}\\\\)`,
    `${ESCAPE}[^[\\]]`,
    `[${CONTROLS}]`,
    `[^${CONTROLS}]+`,
  ].join("|"),
  "g",
);

export class TerminalText {
  #line = "";
  #cursor = 0;
  /** Characters that the line has no room for. */
  #cut = 0;
  #unfinished = "";

  /** @returns the lines that end in this text */
  write(text: string): string[] {
    const all = this.#unfinished + text;
    this.#unfinished = UNFINISHED.exec(all.slice(-240))?.[0] ?? "";
    const lines = all.slice(0, all.length - this.#unfinished.length).split("\n");
    return lines.flatMap((part, index) => {
      this.#put(part);
      return index < lines.length - 1 ? [this.end()] : [];
    });
  }

  /** The last line, which may still change; empty if nothing was written after the last line break. */
  get open(): string {
    return this.#cut > 0 ? `${this.#line}… (${this.#cut} more characters)` : this.#line;
  }

  /** Ends the last line. @returns it */
  end(): string {
    const line = this.open;
    this.#line = "";
    this.#cursor = 0;
    this.#cut = 0;
    return line;
  }

  #put(text: string): void {
    for (const [piece, amount = "", code] of text.matchAll(PIECES)) {
      if (piece === "\r") this.#cursor = 0;
      else if (piece === "\b") this.#cursor = Math.max(0, this.#cursor - 1);
      else if (code !== undefined) this.#follow(code, amount);
      else if (piece.charCodeAt(0) >= 32 || piece[0] === "\t") this.#type(piece);
    }
  }

  #follow(code: string, amount: string): void {
    const columns = Math.min(LONGEST, Math.max(1, Number.parseInt(amount, 10) || 1));
    if (code === "G") this.#cursor = columns - 1;
    else if (code === "C") this.#cursor = Math.min(LONGEST, this.#cursor + columns);
    else if (code === "D") this.#cursor = Math.max(0, this.#cursor - columns);
    else if (code === "K" || code === "J") {
      const [before, after] = [this.#line.slice(0, this.#cursor), this.#line.slice(this.#cursor)];
      this.#line = amount === "2" ? "" : amount === "1" ? " ".repeat(before.length) + after : before;
      this.#cut = 0;
    }
  }

  #type(text: string): void {
    const room = Math.max(0, LONGEST - this.#cursor);
    const fitting = text.length > room ? text.slice(0, room) : text;
    this.#cut = this.#cursor === 0 ? text.length - fitting.length : this.#cut + text.length - fitting.length;
    const before = this.#line.slice(0, this.#cursor).padEnd(this.#cursor);
    this.#line = before + fitting + this.#line.slice(this.#cursor + fitting.length);
    this.#cursor += fitting.length;
  }
}

/** A whole text as it looks in a terminal. */
export function asInTerminal(text: string): string {
  if (!CONTROL.test(text)) return text;
  const terminal = new TerminalText();
  return [...terminal.write(text), terminal.end()].join("\n");
}
