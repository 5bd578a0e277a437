/**
 * `kernel/signals.ts` in a page from a file: there is no memory that two threads share, and no signal. Code checks for interrupts when
 * it yields; code that never does is ended with its worker.
 */
export function sharedNumbers(length: number): Int32Array {
  return new Int32Array(length);
}

export class Signals {
  listen(): void {}

  announce(): void {}

  breakable<T>(_slot: number, work: () => T): { readonly value: T } {
    return { value: work() };
  }
}
