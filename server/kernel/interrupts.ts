/**
 * Interrupts that reach code which never yields. Each generation has a slot in memory that a second thread shares; that
 * thread hears the server on a pipe of its own and raises the slot. Loops of cells and every kernel of tfjs look at
 * it: a plain read, which costs next to nothing and only leads to a real look. So one slot has two words. `look` says that something
 * may have been asked of anyone; `asked` says of whom. A function that one cell defines and another calls reads its
 * own cell's `look` and then finds out who is calling.
 */
import { Script } from "node:vm";
import { Worker } from "node:worker_threads";
import type { CellId } from "../notebook/types.ts";

/** A slot is used again after so many generations, unless its own still lives. */
const SLOTS = 16_384;
/** Where the code to run is handed to the script that can be broken off. */
const WORK = Symbol.for("palimpsest.work");
const script = new Script('globalThis[Symbol.for("palimpsest.work")]()', { filename: "palimpsest:work" });

/** The reason of a signal that aborts because the user, or a newer execution, wants the work to end. */
export class Interrupted extends Error {
  override readonly name = "AbortError";
}

/** What one generation sees of the interrupts. */
export type Flag = {
  /** One number: not zero when it is time to look closer. */
  readonly look: Int32Array;
  raise(): void;
  /** The same, but that functions of other cells which it calls learn it when the next `alert` comes. */
  mark(): void;
  /** The generation has ended. What still runs of it finds the flag raised for a long time to come. */
  release(): void;
  /** Looks closer: whether this generation is to end. Until the next interrupt of anyone `look` is quiet if not. */
  readonly raised: boolean;
  /**
   * Runs code that a signal can break off until it first gives way, without its `catch` and `finally`: the last means
   * before the process is killed. @throws Interrupted when that happened.
   */
  breakable<T>(work: () => T): T;
};

export class Interrupts {
  readonly #look = new Int32Array(new SharedArrayBuffer(4 * SLOTS));
  readonly #asked = new Int32Array(new SharedArrayBuffer(4 * SLOTS));
  /** The slot whose code can be broken off right now, counted from 1. */
  readonly #inside = new Int32Array(new SharedArrayBuffer(4));
  #next = 0;
  readonly #taken = new Set<number>();
  #thread: Worker | undefined;
  #holder: Worker | undefined;

  /** Begins to hear the server. @param fd the pipe on which it names generations. */
  listen(fd: number): void {
    const [look, asked, inside] = [this.#look, this.#asked, this.#inside];
    const thread = new Worker(new URL("./interrupt-thread.mjs", import.meta.url), {
      workerData: { fd, look, asked, inside },
      execArgv: [],
    });
    thread.on("error", (error) => process.stderr.write(`Interrupts are not heard any more: ${error.message}\n`));
    thread.unref();
    this.#thread = thread;
  }

  /**
   * Has the signal heard by a thread that stays: breakable code begins at once then, and a signal that comes when nothing can
   * be broken off does no harm. Where code of the user listens to it, Node changes who hears it for each run, so none may stay.
   */
  #hold(): void {
    if (process.listenerCount("SIGINT") === 0) this.#holder ??= holdSignals();
    else {
      void this.#holder?.terminate();
      this.#holder = undefined;
    }
  }

  /** Lets all code look closer. */
  alert(): void {
    this.#look.fill(1);
  }

  flag(cell: CellId, generation: number): Flag {
    while (this.#taken.has(this.#next)) this.#next = (this.#next + 1) % SLOTS;
    const slot = this.#next;
    this.#next = (slot + 1) % SLOTS;
    const taken = this.#taken.add(slot);
    const [asked, inside] = [this.#asked, this.#inside];
    const look = new Int32Array(this.#look.buffer, 4 * slot, 1);
    Atomics.store(asked, slot, 0);
    this.#thread?.postMessage({ cell, generation, slot });
    return {
      look,
      raise: () => {
        Atomics.store(asked, slot, 1);
        this.alert();
      },
      mark() {
        Atomics.store(asked, slot, 1);
        Atomics.store(look, 0, 1);
      },
      release: () => void taken.delete(slot),
      get raised() {
        // First quiet, then read: an interrupt that comes in between is seen by one of the two.
        Atomics.store(look, 0, 0);
        if (Atomics.load(asked, slot) === 0) return false;
        Atomics.store(look, 0, 1);
        return true;
      },
      breakable: (work) => {
        this.#hold();
        const before = Atomics.exchange(inside, 0, slot + 1);
        Reflect.set(globalThis, WORK, work);
        try {
          return script.runInThisContext({ breakOnSigint: true });
        } catch (error) {
          if (!(error instanceof Error && "code" in error && error.code === "ERR_SCRIPT_EXECUTION_INTERRUPTED"))
            throw error;
          throw new Interrupted(`The cell ${cell} was broken off.`);
        } finally {
          Atomics.store(inside, 0, before);
          Reflect.deleteProperty(globalThis, WORK);
        }
      },
    };
  }
}

/** Nothing waits for this thread; until it is there, breakable code takes a little longer to begin. */
function holdSignals(): Worker {
  const thread = new Worker(new URL("./signal-thread.mjs", import.meta.url), { execArgv: [] });
  thread.unref();
  return thread;
}
