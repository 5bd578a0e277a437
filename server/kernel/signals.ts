/**
 * What interrupts need of the process: memory that threads share, the thread that listens to the server, and the signal that breaks
 * off code which never checks. The page in which a notebook runs has none of them, and a file of its own for this.
 */
import { Script } from "node:vm";
import { Worker } from "node:worker_threads";

/** The global under which the interruptible script finds the code to run. */
const WORK = Symbol.for("palimpsest.work");
const script = new Script('globalThis[Symbol.for("palimpsest.work")]()', { filename: "palimpsest:work" });

/** Numbers that all threads see. */
export function sharedNumbers(length: number): Int32Array {
  return new Int32Array(new SharedArrayBuffer(4 * length));
}

/** A generation and the slot of its interrupts. */
export type Slot = { readonly cell: string; readonly generation: number; readonly slot: number };

export class Signals {
  readonly #hints: Int32Array;
  readonly #asked: Int32Array;
  /** The slot whose code a signal can break off right now, counted from 1; 0 for none. */
  readonly #inside = sharedNumbers(1);
  #thread: Worker | undefined;
  #signalThread: Worker | undefined;

  constructor(hints: Int32Array, asked: Int32Array) {
    this.#hints = hints;
    this.#asked = asked;
  }

  /** Starts to listen to the server. @param fd the pipe on which it names the generations to interrupt */
  listen(fd: number): void {
    const [hints, asked, inside] = [this.#hints, this.#asked, this.#inside];
    const thread = new Worker(new URL("./interrupt-thread.mjs", import.meta.url), {
      workerData: { fd, hints, asked, inside },
      execArgv: [],
    });
    thread.on("error", (error) => process.stderr.write(`Interrupts no longer work: ${error.message}\n`));
    thread.unref();
    this.#thread = thread;
  }

  announce(slot: Slot): void {
    this.#thread?.postMessage(slot);
  }

  /** Runs code that a signal can break off until it first yields. @returns its value, or `broken off` */
  breakable<T>(slot: number, work: () => T): { readonly value: T } | "broken off" {
    this.#holdSignals();
    const before = Atomics.exchange(this.#inside, 0, slot + 1);
    Reflect.set(globalThis, WORK, work);
    try {
      return { value: script.runInThisContext({ breakOnSigint: true }) };
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "ERR_SCRIPT_EXECUTION_INTERRUPTED"))
        throw error;
      return "broken off";
    } finally {
      Atomics.store(this.#inside, 0, before);
      Reflect.deleteProperty(globalThis, WORK);
    }
  }

  /**
   * Keeps a thread that is always ready for the signal: interruptible code then starts at once, and a signal that finds
   * nothing to break off does no harm. When the user's code listens to that signal, Node registers its own listener
   * per script, so the thread must go.
   */
  #holdSignals(): void {
    if (process.listenerCount("SIGINT") === 0) this.#signalThread ??= startSignalThread();
    else {
      void this.#signalThread?.terminate();
      this.#signalThread = undefined;
    }
  }
}

/** Nothing waits for this thread; until it is ready, interruptible code takes a little longer to start. */
function startSignalThread(): Worker {
  const thread = new Worker(new URL("./signal-thread.mjs", import.meta.url), { execArgv: [] });
  thread.unref();
  return thread;
}
