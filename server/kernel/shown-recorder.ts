/** Collects what a generation shows, prints, reports and declares, from the messages that it sends. The cell cache stores it. */
import type { Shown } from "../events.ts";
import type { FromKernel } from "../messages.ts";

export class ShownRecorder {
  #shown: Shown = { outputs: [], console: [], inputs: [], results: [] };

  add(message: FromKernel): void {
    const { outputs, console, inputs, results } = this.#shown;
    if (message.type === "cell-output") this.#shown = { ...this.#shown, outputs: [...outputs, message.output] };
    else if (message.type === "cell-console") this.#shown = { ...this.#shown, console: [...console, ...message.lines] };
    else if (message.type === "report") this.#shown = { ...this.#shown, results: [...results, ...message.results] };
    else if (message.type === "input-declared") {
      const { name, live, spec } = message;
      this.#shown = { ...this.#shown, inputs: [...inputs, { name, live, spec }] };
    }
  }

  get shown(): Shown {
    return this.#shown;
  }
}
