/**
 * A stream of a cell: takes one value after another from its generator, gives each to the cell's constant, and tells the
 * session that there is another, not oftener than it can follow. For its generation it is one more thing that goes on.
 */
import { setImmediate as turn } from "node:timers/promises";
import { current, type Generation, type OpenRun } from "./generation.ts";
import { callPosition, cellError } from "./trace.ts";

/** Milliseconds between two words about a stream. */
const EVERY_MS = 25;

/** @returns a promise of the first value. @throws where the call is not the whole initialiser of a constant. */
export function declareStream(
  generation: Generation,
  values: () => AsyncGenerator | globalThis.Generator,
): Promise<unknown> {
  const at = callPosition(generation.cell);
  const sites = generation.compiled?.streams ?? [];
  const name = sites.find(({ site }) => site.line === at?.line && site.column === at.column)?.name;
  if (name === undefined) {
    throw new Error(
      "A stream is the whole of a constant, with its generator in it: const x = stream(async function* () { … })",
    );
  }
  return new OpenStream(name, generation, values()).begin();
}

type Next = IteratorResult<unknown> | "aborted";

export class OpenStream implements OpenRun {
  readonly id: string;
  readonly #name: string;
  readonly #generation: Generation;
  readonly #values: AsyncGenerator | globalThis.Generator;
  /** Ends the waiting for the next value. */
  #wake: ((next: Next) => void) | undefined;
  #count = 0;
  #told = 0;
  #timer: NodeJS.Timeout | undefined;
  #over = false;

  constructor(name: string, generation: Generation, values: AsyncGenerator | globalThis.Generator) {
    this.id = `stream ${name}`;
    this.#name = name;
    this.#generation = generation;
    this.#values = values;
  }

  /** @returns the first value. @throws when the generator does, or gives none. */
  async begin(): Promise<unknown> {
    const { signal } = this.#generation;
    signal.addEventListener("abort", () => this.#wake?.("aborted"), { once: true });
    const first = await this.#next();
    if (first === "aborted") throw signal.reason;
    if (first.done) throw new Error(`The stream ${this.#name} ended without a value.`);
    this.#generation.began(this);
    this.#take(first.value);
    void this.#goOn();
    return first.value;
  }

  steer(): void {
    // Orders are for trainings.
  }

  async end(): Promise<void> {
    this.#close("stopped");
  }

  async #goOn(): Promise<void> {
    const { signal } = this.#generation;
    try {
      for (;;) {
        // A generator that never waits must let others in.
        await turn();
        const next = signal.aborted ? "aborted" : await this.#next();
        if (next === "aborted") return this.#close("stopped");
        if (next.done) return this.#close("done");
        this.#take(next.value);
      }
    } catch (thrown) {
      if (signal.aborted) return this.#close("stopped");
      this.#tell();
      this.#over = true;
      this.#generation.over(this, "failed", cellError(thrown, this.#generation));
    }
  }

  /** The next value, or the word that nobody waits for it any more. */
  #next(): Promise<Next> {
    return new Promise((resolve, reject) => {
      this.#wake = resolve;
      Promise.resolve(this.#values.next()).then(resolve, reject);
    });
  }

  #take(value: unknown): void {
    this.#count += 1;
    const { latest, values } = this.#generation;
    latest.set(this.#name, value);
    if (values.has(this.#name)) values.set(this.#name, value);
    this.#timer ??= setTimeout(() => this.#tell(), EVERY_MS);
  }

  #tell(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#told === this.#count) return;
    this.#told = this.#count;
    const { cell, number } = this.#generation;
    this.#generation.say({ type: "stream-value", cell, generation: number, name: this.#name, count: this.#count });
  }

  /** The generator's `finally` runs at the `yield` where it stands; one that waits for ever is left behind. */
  #close(status: "done" | "stopped"): void {
    if (this.#over) return;
    this.#over = true;
    this.#tell();
    if (status === "stopped") {
      // Whatever it says on its way out is nobody's any more.
      current.run(
        this.#generation,
        () => void Promise.resolve(this.#values.return?.(undefined)).catch(() => undefined),
      );
    }
    this.#generation.over(this, status);
  }
}
