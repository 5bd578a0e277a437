/** What a run has been asked to do and has not done yet, in the sequence of asking. */
import type { RunOrder } from "../../runs.ts";

/** `rule` is the reason that a stop rule gave; undefined if something else stops the run. */
export type StopOrder = { readonly type: "stop"; readonly rule?: string | undefined };
/** An order that the loop obeys before its next step. */
export type LoopOrder =
  | Exclude<RunOrder, { type: "fork" } | { type: "pause" | "resume" | "stop" }>
  | { readonly type: "pause" | "resume" }
  | StopOrder;

export type PauseOrder = Extract<LoopOrder, { type: "pause" | "resume" | "step" }>;

export class OrderQueue {
  #waiting: LoopOrder[] = [];
  #obeyedStop: StopOrder | undefined;
  #wake = (): void => {};

  add(order: LoopOrder): void {
    this.#waiting.push(order);
    this.#wake();
  }

  /** Stops the run without obeying the orders before: their tensors are gone with the cell. */
  replaceByStop(): void {
    this.#waiting = [];
    this.add({ type: "stop" });
  }

  /** Takes the next order; undefined if there is none. */
  next(): LoopOrder | undefined {
    const order = this.#waiting.shift();
    if (order?.type === "stop") this.#obeyedStop = order;
    return order;
  }

  /** Takes the next order to pause, to resume or to do steps; the others keep waiting. */
  nextForPause(): PauseOrder | undefined {
    const place = this.#waiting.findIndex(isPauseOrder);
    return place < 0 ? undefined : this.#waiting.splice(place, 1).find(isPauseOrder);
  }

  /** Settles when the next order comes. */
  arrival(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  /** The order that stops the run, obeyed or waiting. */
  get stop(): StopOrder | undefined {
    return this.#obeyedStop ?? this.#waiting.find((order): order is StopOrder => order.type === "stop");
  }

  get stopping(): boolean {
    return this.stop !== undefined;
  }
}

export function isPauseOrder(order: LoopOrder): order is PauseOrder {
  return order.type === "pause" || order.type === "resume" || order.type === "step";
}
