/** The runs that a generation started. Streams count as runs here: both keep their generation from finishing. */
import type { RunOrder } from "../values.ts";

export type OpenRun = { readonly id: string; end(status: "stopped"): Promise<void>; steer(order: RunOrder): void };

export class OpenRuns {
  readonly #open = new Set<OpenRun>();
  /** The ended ones included: they can still be forked. */
  readonly #all = new Map<string, OpenRun>();

  /** How many go on. */
  get count(): number {
    return this.#open.size;
  }

  /** How many there have been. */
  get total(): number {
    return this.#all.size;
  }

  add(run: OpenRun): void {
    this.#all.set(run.id, run);
    this.#open.add(run);
  }

  /** A run has ended. @returns whether it was open */
  close(run: OpenRun): boolean {
    return this.#open.delete(run);
  }

  /** @returns whether there is such a run */
  steer(id: string, order: RunOrder): boolean {
    this.#all.get(id)?.steer(order);
    return this.#all.has(id);
  }

  /** Stops all that go on. @returns promises that resolve when their records are written */
  stop(): Promise<void>[] {
    const stopping = [...this.#open].map((run) => run.end("stopped"));
    this.#open.clear();
    return stopping;
  }
}
