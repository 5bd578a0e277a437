/**
 * Gives each message of the server a turn of its own. Node delivers several messages in one go, before any promise continues:
 * a cell that was started by the first could be ended by the second before the code behind its first `await` ran, and that
 * code would then run with nobody to stop it.
 */
export class MessageTurns<T> {
  readonly #handle: (message: T) => void;
  #waiting: T[] = [];
  #inTurn = false;

  constructor(handle: (message: T) => void) {
    this.#handle = handle;
  }

  /** Handles the message now, or after those before it and what their promises continue with. */
  add(message: T): void {
    this.#waiting.push(message);
    if (!this.#inTurn) this.#next();
  }

  #next(): void {
    const message = this.#waiting.shift();
    this.#inTurn = message !== undefined;
    if (message === undefined) return;
    setImmediate(() => this.#next());
    this.#handle(message);
  }
}
