/**
 * Work that goes on after its generation has ended although it should not: repeating timers, and processes. It is reported and
 * not ended, since only the code that started it knows how to end it well; `onDispose` is the place for that.
 */
import type { ChildProcess } from "node:child_process";
import { subscribe } from "node:diagnostics_channel";
import type { FromKernel } from "../messages.ts";
import type { CellId } from "../notebook/types.ts";

/** Milliseconds that a process may take to exit. */
const EXIT_MS = 500;

export class Leftovers {
  readonly #owner: string;
  readonly #send: (message: FromKernel) => void;
  readonly #processes = new Set<ChildProcess>();
  readonly #reported = new Set<string>();
  #ended = false;

  constructor(cell: CellId, generation: number, send: (message: FromKernel) => void) {
    this.#owner = `generation ${generation} of the cell ${cell}`;
    this.#send = send;
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** The generation started a process. */
  process(child: ChildProcess): void {
    this.#processes.add(child);
    for (const event of ["exit", "error"]) child.once(event, () => this.#processes.delete(child));
  }

  /** A timer fired after the end. */
  timer(kind: "setInterval" | "setTimeout"): void {
    const clear = kind === "setInterval" ? "clearInterval(timer)" : "clearTimeout(timer)";
    this.#report(
      kind,
      `A timer (${kind}) of ${this.#owner} is still running although the generation has ended. ` +
        `Stop it in the cell: onDispose(() => ${clear}).`,
    );
  }

  end(): void {
    this.#ended = true;
    // A process that was just asked to exit may take a moment.
    if (this.#processes.size > 0) setTimeout(() => this.#reportProcesses(), EXIT_MS).unref();
  }

  #reportProcesses(): void {
    for (const { pid, spawnfile } of this.#processes) {
      this.#report(
        `process ${pid}`,
        `The process ${pid} (${spawnfile}), started by ${this.#owner}, is still running although the generation has ended. ` +
          `Stop it in the cell: onDispose(() => child.kill()).`,
      );
    }
  }

  #report(subject: string, text: string): void {
    if (this.#reported.has(subject)) return;
    this.#reported.add(subject);
    this.#send({ type: "notice", level: "warn", text });
  }
}

/** Watches timers and processes from now on. @param present returns the leftovers of the cell that is calling, if any */
export function watchLeftovers(present: () => Leftovers | undefined): void {
  subscribe("child_process", (message) => present()?.process((message as { readonly process: ChildProcess }).process));
  for (const kind of ["setInterval", "setTimeout"] as const) {
    const original = globalThis[kind];
    const watched = (callback: unknown, ...rest: unknown[]): unknown => {
      const leftovers = present();
      if (!leftovers || typeof callback !== "function") {
        return Reflect.apply(original, globalThis, [callback, ...rest]);
      }
      // One last call of a timeout set before the end is normal; a timer that is set after it repeats itself.
      const repeats = kind === "setInterval" || leftovers.ended;
      const called = (...args: unknown[]): unknown => {
        if (repeats && leftovers.ended) leftovers.timer(kind);
        return callback(...args);
      };
      return Reflect.apply(original, globalThis, [called, ...rest]);
    };
    // Properties that Node has put on the function, such as its promise form, must stay.
    Reflect.defineProperty(globalThis, kind, {
      value: Object.defineProperties(watched, Object.getOwnPropertyDescriptors(original)),
      writable: true,
      configurable: true,
      enumerable: true,
    });
  }
}
