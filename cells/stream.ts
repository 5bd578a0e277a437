/**
 * A constant whose value changes over time: `const x = stream(async function* () { … })`. It always has the latest value of the
 * generator. Cells that use it run again for each new value and skip the values that arrived while they were running.
 */
import { host } from "./host.ts";

/**
 * The cell counts as running until the generator has finished. When the cell runs again or is stopped, `signal()` aborts and the
 * generator returns from its current `yield`, running its `finally` blocks.
 * @returns in a notebook, where the call must be the complete initialiser of a constant: the first value, and for other cells always
 * the latest. Outside a notebook: a promise of the first value.
 */
export function stream<T>(values: () => AsyncGenerator<T> | Generator<T>): T {
  // The host returns a promise. A notebook awaits it, so the type is that of the value.
  return host().stream(values) as T;
}
