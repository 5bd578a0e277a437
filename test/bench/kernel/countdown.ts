/** Waits for a known number of events. */
export class Countdown {
  #left = 0;
  #resolve = (): void => {};

  /** @returns a promise that resolves after `count` calls of `tick`. */
  from(count: number): Promise<void> {
    this.#left = count;
    return new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  tick(): void {
    this.#left -= 1;
    if (this.#left === 0) this.#resolve();
  }
}
