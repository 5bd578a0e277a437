/**
 * What goes on after a generation has ended although it should not: timers that come again, and processes. They are reported
 * and not ended, since only whoever began them knows how to end them well; `onDispose` is the place for it.
 */
import type { ChildProcess } from "node:child_process";
import { subscribe } from "node:diagnostics_channel";
import type { FromKernel } from "../messages.ts";
import type { CellId } from "../notebook/types.ts";

/** Milliseconds that a process may take to leave. */
const PATIENCE_MS = 500;

export class Leftovers {
  readonly #who: string;
  readonly #say: (message: FromKernel) => void;
  readonly #processes = new Set<ChildProcess>();
  readonly #reported = new Set<string>();
  #ended = false;

  constructor(cell: CellId, generation: number, say: (message: FromKernel) => void) {
    this.#who = `generation ${generation} of the cell ${cell}`;
    this.#say = say;
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** A process that the generation began. */
  process(child: ChildProcess): void {
    this.#processes.add(child);
    for (const event of ["exit", "error"]) child.once(event, () => this.#processes.delete(child));
  }

  /** A timer goes on after the end. */
  timer(kind: "setInterval" | "setTimeout"): void {
    const clear = kind === "setInterval" ? "clearInterval(timer)" : "clearTimeout(timer)";
    this.#report(
      kind,
      `A timer (${kind}) of ${this.#who} goes on, though that has ended. Stop it there: onDispose(() => ${clear}).`,
    );
  }

  end(): void {
    this.#ended = true;
    // A process that was just told to leave may take a moment.
    if (this.#processes.size > 0) setTimeout(() => this.#reportProcesses(), PATIENCE_MS).unref();
  }

  #reportProcesses(): void {
    for (const { pid, spawnfile } of this.#processes) {
      this.#report(
        `process ${pid}`,
        `The process ${pid} (${spawnfile}) that ${this.#who} began goes on, though that has ended. ` +
          `End it there: onDispose(() => child.kill()).`,
      );
    }
  }

  #report(what: string, text: string): void {
    if (this.#reported.has(what)) return;
    this.#reported.add(what);
    this.#say({ type: "notice", level: "warn", text });
  }
}

/** Follows timers and processes from now on. @param present gives the book of whichever cell is at work. */
export function watchLeftovers(present: () => Leftovers | undefined): void {
  subscribe("child_process", (message) => present()?.process((message as { readonly process: ChildProcess }).process));
  for (const kind of ["setInterval", "setTimeout"] as const) {
    const bare = globalThis[kind];
    const watched = (call: unknown, ...rest: unknown[]): unknown => {
      const book = present();
      if (!book || typeof call !== "function") return Reflect.apply(bare, globalThis, [call, ...rest]);
      // A last call of a timer that was under way is how many things end; one that comes again is not.
      const comesAgain = kind === "setInterval" || book.ended;
      const called = (...given: unknown[]): unknown => {
        if (comesAgain && book.ended) book.timer(kind);
        return call(...given);
      };
      return Reflect.apply(bare, globalThis, [called, ...rest]);
    };
    // What Node has put on the function, such as its form for promises, stays on it.
    Reflect.defineProperty(globalThis, kind, {
      value: Object.defineProperties(watched, Object.getOwnPropertyDescriptors(bare)),
      writable: true,
      configurable: true,
      enumerable: true,
    });
  }
}
