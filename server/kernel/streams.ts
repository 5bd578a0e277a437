/**
 * A stream of a cell: it takes one value after another from its generator, sets the cell's constant to each, and tells the
 * session that there is a new one, no more often than the session can follow. It keeps its generation open as a run does.
 */
import { setImmediate as nextTurn } from "node:timers/promises";
import { current, type Generation } from "./generation.ts";
import type { OpenRun } from "./open-runs.ts";
import { callPosition, cellError } from "./trace.ts";

/** Milliseconds between two messages about a stream. */
const INTERVAL_MS = 25;

type Generator = AsyncGenerator | globalThis.Generator;

/** @returns a promise of the first value. @throws if the call is not the whole initialiser of a constant */
export function declareStream(generation: Generation, values: () => Generator): Promise<unknown> {
  const at = callPosition(generation.cell);
  const sites = generation.compiled?.streams ?? [];
  const name = sites.find(({ site }) => site.line === at?.line && site.column === at.column)?.name;
  if (name === undefined) {
    throw new Error(
      "A stream must be the whole value of a constant, with its generator inside: const x = stream(async function* () { … })",
    );
  }
  return new OpenStream(name, generation, values()).begin();
}

type Next = IteratorResult<unknown> | "aborted";

class OpenStream implements OpenRun {
  readonly id: string;
  readonly #name: string;
  readonly #generation: Generation;
  readonly #values: Generator;
  /** Ends the wait for the next value. */
  #wake: ((next: Next) => void) | undefined;
  #count = 0;
  #sentCount = 0;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(name: string, generation: Generation, values: Generator) {
    this.id = `stream ${name}`;
    this.#name = name;
    this.#generation = generation;
    this.#values = values;
  }

  /** @returns the first value. @throws what the generator throws, or if it ends without a value */
  async begin(): Promise<unknown> {
    const { signal } = this.#generation;
    signal.addEventListener("abort", () => this.#wake?.("aborted"), { once: true });
    const first = await this.#next();
    if (first === "aborted") throw signal.reason;
    if (first.done) throw new Error(`The stream ${this.#name} ended without a value. Its generator must yield one.`);
    this.#generation.addRun(this);
    this.#take(first.value);
    void this.#takeAll();
    return first.value;
  }

  steer(): void {
    // Only trainings can be steered.
  }

  async end(): Promise<void> {
    this.#close("stopped");
  }

  async #takeAll(): Promise<void> {
    const { signal } = this.#generation;
    try {
      for (;;) {
        // A generator that never waits must not block others.
        await nextTurn();
        const next = signal.aborted ? "aborted" : await this.#next();
        if (next === "aborted") return this.#close("stopped");
        if (next.done) return this.#close("done");
        this.#take(next.value);
      }
    } catch (thrown) {
      if (signal.aborted) return this.#close("stopped");
      this.#sendCount();
      this.#closed = true;
      this.#generation.runEnded(this, { status: "failed", error: cellError(thrown, this.#generation) });
    }
  }

  /** The next value, or "aborted" when the generation is aborted first. */
  #next(): Promise<Next> {
    return new Promise((resolve, reject) => {
      this.#wake = resolve;
      Promise.resolve(this.#values.next()).then(resolve, reject);
    });
  }

  #take(value: unknown): void {
    this.#count += 1;
    const { streamValues, values } = this.#generation;
    streamValues.set(this.#name, value);
    if (values.has(this.#name)) values.set(this.#name, value);
    this.#timer ??= setTimeout(() => this.#sendCount(), INTERVAL_MS);
  }

  #sendCount(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#sentCount === this.#count) return;
    this.#sentCount = this.#count;
    const { cell, number } = this.#generation;
    this.#generation.send({ type: "stream-value", cell, generation: number, name: this.#name, count: this.#count });
  }

  /** The generator's `finally` runs at the `yield` where it is suspended. A generator that waits forever is abandoned. */
  #close(status: "done" | "stopped"): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#sendCount();
    if (status === "stopped") {
      // Errors of its `finally` are ignored: nobody waits for them any more.
      current.run(
        this.#generation,
        () => void Promise.resolve(this.#values.return?.(undefined)).catch(() => undefined),
      );
    }
    this.#generation.runEnded(this, { status });
  }
}
