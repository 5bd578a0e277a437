/** What a run was asked to do before its next step, and whether it waits: a pause is no steps left to do, a resume any number. */
import type { RunOrder } from "../../runs.ts";

/** What the run does about it. `pause` and `resume` are called when it really begins to wait and goes on. */
export type Steered = {
  stopping(): boolean;
  pause(): Promise<void>;
  resume(): void;
  stop(): void;
  checkpoint(): Promise<void>;
  rewind(to: number): Promise<void>;
};

export class Steering {
  readonly #run: Steered;
  readonly #orders: Exclude<RunOrder, { type: "fork" }>[] = [];
  /** Steps that the run may do before it waits. */
  #left = Number.POSITIVE_INFINITY;
  #waiting = false;
  #wake = (): void => {};

  constructor(run: Steered) {
    this.#run = run;
  }

  ask(order: Exclude<RunOrder, { type: "fork" }>): void {
    this.#orders.push(order);
    this.wake();
  }

  /** Makes a run that waits look again whether it is to stop. */
  wake(): void {
    this.#wake();
  }

  /** Obeys what was asked since the last step, and waits while the run is paused. @returns whether another step is to be done. */
  async turn(): Promise<boolean> {
    for (;;) {
      if (this.#run.stopping()) return false;
      const order = this.#orders.shift();
      if (order) await this.#obey(order);
      else if (this.#left > 0) {
        if (this.#waiting) this.#run.resume();
        this.#waiting = false;
        this.#left -= 1;
        return true;
      } else if (!this.#waiting) {
        this.#waiting = true;
        await this.#run.pause();
      } else {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
    }
  }

  async #obey(order: Exclude<RunOrder, { type: "fork" }>): Promise<void> {
    switch (order.type) {
      case "pause":
        this.#left = 0;
        return;
      case "resume":
        this.#left = Number.POSITIVE_INFINITY;
        return;
      case "step":
        this.#left = (Number.isFinite(this.#left) ? this.#left : 0) + order.steps;
        return;
      case "stop":
        return this.#run.stop();
      case "checkpoint":
        return this.#run.checkpoint();
      case "rewind":
        // The pause that the run may be in was later than where it will be.
        this.#waiting = false;
        return this.#run.rewind(order.to);
    }
  }
}
