/** Whether and why a generation is to stop. Its `AbortSignal` is made when somebody asks for it: most cells never do. */
import { Interrupted } from "./interrupts.ts";

export class Abort {
  #controller: AbortController | undefined;
  #reason: string | undefined;

  get signal(): AbortSignal {
    if (!this.#controller) {
      this.#controller = new AbortController();
      if (this.#reason !== undefined) this.#controller.abort(new Interrupted(this.#reason));
    }
    return this.#controller.signal;
  }

  get aborted(): boolean {
    return this.#reason !== undefined;
  }

  /** @throws Interrupted with the reason */
  throwIfAborted(): void {
    if (this.#reason !== undefined) throw new Interrupted(this.#reason);
  }

  /** The first reason counts. @returns whether this was the first */
  abort(reason: string): boolean {
    if (this.#reason !== undefined) return false;
    this.#reason = reason;
    this.#controller?.abort(new Interrupted(reason));
    return true;
  }
}
