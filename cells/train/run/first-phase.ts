/**
 * The first phase of a run: what its steps need is made, such as rationales. It can be paused and stopped as the steps can. Orders
 * that need the state of the training wait until the steps begin.
 */
import type { History } from "./history.ts";
import type { OrderQueue } from "./orders.ts";
import type { Pauses } from "./pauses.ts";
import type { PreparationAlert, Training } from "./training.ts";

export class FirstPhase {
  readonly #history: History;
  readonly #orders: OrderQueue;
  readonly #pauses: Pauses;
  /** Breaks off the phase. */
  readonly #stopped = new Error("The run was stopped.");
  #pacing: Promise<void> | undefined;
  #alerts: readonly PreparationAlert[] = [];

  constructor(history: History, orders: OrderQueue, pauses: Pauses) {
    this.#history = history;
    this.#orders = orders;
    this.#pauses = pauses;
  }

  /** What the user should know about the data and the settings, once it has run. */
  get alerts(): readonly PreparationAlert[] {
    return this.#alerts;
  }

  /** @throws if what is needed cannot be made */
  async run({ prepare }: Training): Promise<"ready" | "stopped"> {
    if (!prepare) return "ready";
    const { sink } = this.#history;
    try {
      const progress = (label: string, done: number, total: number): void => sink.phase(label, done, total);
      const { steps, config, alerts = [] } = await prepare({ progress, pace: () => this.#pace() });
      this.#alerts = alerts;
      this.#history.steps = steps;
      sink.prepared(config, steps);
      return "ready";
    } catch (error) {
      if (error === this.#stopped) return "stopped";
      throw error;
    }
  }

  /** Waits while the run is paused. Several may ask at once. @throws if it was stopped */
  #pace(): Promise<void> {
    this.#pacing ??= this.#obeyOrders().finally(() => {
      this.#pacing = undefined;
    });
    return this.#pacing;
  }

  async #obeyOrders(): Promise<void> {
    const pauses = this.#pauses;
    for (;;) {
      if (this.#orders.stopping) throw this.#stopped;
      const order = this.#orders.nextForPause();
      if (order) pauses.obey(order);
      else if (pauses.mayGoOn) return pauses.end();
      else if (!pauses.waiting) await pauses.begin(async () => {});
      else await this.#orders.arrival();
    }
  }
}
