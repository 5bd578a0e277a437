/** Whether a run may go on, by the orders to pause, to resume and to do single steps. Its history records when it waits. */
import type { History } from "./history.ts";
import type { PauseOrder } from "./orders.ts";

export class Pauses {
  readonly #history: History;
  /** Steps that the run may do before it pauses. */
  #allowedSteps = Number.POSITIVE_INFINITY;
  #waiting = false;

  constructor(history: History) {
    this.#history = history;
  }

  obey(order: PauseOrder): void {
    switch (order.type) {
      case "pause":
        this.#allowedSteps = 0;
        return;
      case "resume":
        this.#allowedSteps = Number.POSITIVE_INFINITY;
        return;
      case "step":
        this.#allowedSteps = (Number.isFinite(this.#allowedSteps) ? this.#allowedSteps : 0) + order.steps;
        return;
    }
  }

  get mayGoOn(): boolean {
    return this.#allowedSteps > 0;
  }

  get waiting(): boolean {
    return this.#waiting;
  }

  /** @param first what to do before the pause is recorded */
  async begin(first: () => Promise<void>): Promise<void> {
    this.#waiting = true;
    await first();
    this.#history.addChange({ kind: "pause", step: this.#history.step });
  }

  end(): void {
    if (this.#waiting) this.#history.addChange({ kind: "resume", step: this.#history.step });
    this.#waiting = false;
  }

  /** A run that was paused at a later step pauses again at the earlier one. */
  rewound(): void {
    this.#waiting = false;
  }

  stepBegins(): void {
    this.end();
    this.#allowedSteps -= 1;
  }
}
