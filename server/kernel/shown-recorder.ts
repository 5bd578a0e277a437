/**
 * Passes on the messages of a generation whose result is to be cached, and collects what it shows, prints, reports and
 * declares. When the generation is done, it hands all of this to the cache.
 */
import type { Shown } from "../events.ts";
import type { FromKernel } from "../messages.ts";
import { withLines } from "../state/console-lines.ts";

export class ShownRecorder {
  readonly #send: (message: FromKernel) => void;
  /** undefined if the result need not be stored. */
  #onDone: ((shown: Shown) => void) | undefined;
  #shown: Shown = { outputs: [], console: [], inputs: [], results: [] };

  constructor(send: (message: FromKernel) => void, onDone: (shown: Shown) => void) {
    this.#send = send;
    this.#onDone = onDone;
  }

  send(message: FromKernel): void {
    this.#record(message);
    this.#send(message);
    if (message.type === "cell-finished" && message.status === "done") this.#onDone?.(this.#shown);
  }

  /** The result was restored from the cache and need not be stored again. */
  discard(): void {
    this.#onDone = undefined;
  }

  #record(message: FromKernel): void {
    const { outputs, console, inputs, results } = this.#shown;
    if (message.type === "cell-output") this.#shown = { ...this.#shown, outputs: [...outputs, message.output] };
    else if (message.type === "cell-console")
      this.#shown = { ...this.#shown, console: withLines(console, message.lines) };
    else if (message.type === "report") this.#shown = { ...this.#shown, results: [...results, ...message.results] };
    else if (message.type === "input-declared") {
      const { name, live, spec } = message;
      this.#shown = { ...this.#shown, inputs: [...inputs, { name, live, spec }] };
    }
  }
}
