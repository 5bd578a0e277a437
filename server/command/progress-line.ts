/** The progress of a headless run on standard error: one line that is redrawn in a terminal, a line every few seconds elsewhere. */
import type { SessionState } from "../state/state.ts";

/** Characters of the bar. */
const BAR = 24;
/** Milliseconds between redraws in a terminal, and between lines elsewhere. */
const REDRAW_MS = 100;
const LINE_MS = 5_000;

export class ProgressLine {
  readonly #out: NodeJS.WriteStream;
  #last = "";
  #lastAt = 0;

  constructor(out: NodeJS.WriteStream) {
    this.#out = out;
  }

  show(state: SessionState): void {
    const text = progressText(state);
    const now = Date.now();
    if (text === this.#last || now - this.#lastAt < (this.#out.isTTY ? REDRAW_MS : LINE_MS)) return;
    this.#last = text;
    this.#lastAt = now;
    this.#out.write(this.#out.isTTY ? `\r\x1b[K${text.slice(0, (this.#out.columns ?? 80) - 1)}` : `${text}\n`);
  }

  /** Prints a line above the progress. */
  print(line: string): void {
    this.clear();
    this.#out.write(`${line}\n`);
  }

  clear(): void {
    if (this.#out.isTTY && this.#last !== "") this.#out.write("\r\x1b[K");
    this.#last = "";
  }
}

/** `[████░░░░] 3/9 cells · training: steps 120/300` */
function progressText(state: SessionState): string {
  const code = state.cells.filter((cell) => cell.analysis);
  const ended = code.filter((cell) => cell.status !== "queued" && cell.status !== "running");
  const running = code.filter((cell) => cell.status === "running");
  const parts = running.reduce(
    (sum, { progress }) => sum + (progress && progress.total > 0 ? progress.done / progress.total : 0),
    0,
  );
  const filled = Math.round(((ended.length + parts) / Math.max(1, code.length)) * BAR);
  const bar = `${"█".repeat(filled)}${"░".repeat(BAR - filled)}`;
  const names = running.map(({ cell, progress }) =>
    progress ? `${cell.id}: ${progress.label} ${progress.done}/${progress.total}` : cell.id,
  );
  const activity =
    names.length > 0 ? names.join(", ") : state.kernel.status === "starting" ? "starting the kernel" : "";
  return `[${bar}] ${ended.length}/${code.length} cells${activity && ` · ${activity}`}`;
}
