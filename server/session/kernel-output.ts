/**
 * What comes out of the kernel's process past the consoles of its cells: output of native code, and of anything else that no
 * cell can be found for. If just one cell is at work, it is shown there; otherwise a notice shows it. The last of it explains the
 * end of the process.
 */
import type { Readable } from "node:stream";
import type { ConsoleLine } from "../events.ts";
import type { FromKernel } from "../messages.ts";
import type { CellId } from "../notebook/types.ts";
import { ConsoleBuffer } from "./console-buffer.ts";
import { TerminalText } from "./terminal-text.ts";

/** Characters that are kept to explain the end. */
const TAIL = 2_000;
/** Milliseconds for which the last cell at work counts: its output may be read after it has finished. */
const AFTER_MS = 300;
/** Milliseconds between two notices, characters of one, and how many there are for one kernel. */
const NOTICE_MS = 1_000;
const NOTICE_LENGTH = 1_000;
const NOTICES = 20;

type Place = { readonly cell: CellId; readonly generation: number };

export class KernelOutput {
  readonly #send: (message: FromKernel) => void;
  readonly #running = new Map<CellId, number>();
  #ready = false;
  #finished: (Place & { readonly at: number }) | undefined;
  #tail = "";
  #console: { readonly place: Place; readonly buffer: ConsoleBuffer } | undefined;
  #unplaced: string[] = [];
  #notices = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(send: (message: FromKernel) => void) {
    this.#send = send;
  }

  /** The last that was written. */
  get tail(): string {
    return this.#tail;
  }

  /** The cells at work. */
  get running(): readonly CellId[] {
    return [...this.#running.keys()];
  }

  read(stream: Readable | null, level: ConsoleLine["level"]): void {
    const terminal = new TerminalText();
    stream?.setEncoding("utf8").on("data", (text: string) => {
      this.#tail = (this.#tail + text).slice(-TAIL);
      // What is written while the kernel starts is not the user's.
      if (this.#ready) for (const line of terminal.write(text)) this.#line({ level, text: line });
    });
    stream?.on("end", () => this.#ready && terminal.open !== "" && this.#line({ level, text: terminal.end() }));
  }

  /** Notes which cells are at work. */
  heard(message: FromKernel): void {
    if (message.type === "kernel-ready") this.#ready = true;
    else if (message.type === "cell-started") this.#running.set(message.cell, message.generation);
    else if (message.type === "cell-finished" && this.#running.get(message.cell) === message.generation) {
      const { cell, generation } = message;
      this.#running.delete(cell);
      this.#finish({ cell, generation });
    }
  }

  /** Its time counts from the next turn of the event loop, however long that takes: its output may wait in the other pipe now. */
  #finish(place: Place): void {
    const finished = { ...place, at: Number.POSITIVE_INFINITY };
    this.#finished = finished;
    setImmediate(() =>
      setImmediate(() => {
        finished.at = performance.now();
      }),
    );
  }

  /** Sends what waits. */
  flush(): void {
    this.#console?.buffer.flush();
    this.#sendNotice();
  }

  #line(line: ConsoleLine): void {
    const place = this.#place();
    if (!place) {
      this.#unplaced.push(line.text);
      if (this.#unplaced.length > 2 * NOTICE_LENGTH) this.#unplaced = this.#unplaced.slice(-NOTICE_LENGTH);
      this.#timer ??= setTimeout(() => this.#sendNotice(), NOTICE_MS).unref();
      return;
    }
    if (this.#console?.place.cell !== place.cell || this.#console.place.generation !== place.generation) {
      this.#console?.buffer.flush();
      const buffer = new ConsoleBuffer((lines) => this.#send({ type: "cell-console", ...place, lines }));
      this.#console = { place, buffer };
    }
    this.#console.buffer.add(line);
  }

  #place(): Place | undefined {
    const [first, ...others] = this.#running;
    if (first) return others.length > 0 ? undefined : { cell: first[0], generation: first[1] };
    const last = this.#finished;
    return last && performance.now() - last.at < AFTER_MS
      ? { cell: last.cell, generation: last.generation }
      : undefined;
  }

  #sendNotice(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const lines = this.#unplaced.filter((line) => line.trim() !== "");
    this.#unplaced = [];
    if (lines.length === 0 || this.#notices > NOTICES) return;
    this.#notices += 1;
    const whole = lines.join("\n");
    const shown = whole.length > NOTICE_LENGTH ? `…${whole.slice(-NOTICE_LENGTH)}` : whole;
    const text =
      this.#notices > NOTICES
        ? "The kernel writes more output that belongs to no cell. It is not shown any more."
        : `Output of the kernel that belongs to no single cell:\n${shown}`;
    this.#send({ type: "notice", level: "info", text });
  }
}
