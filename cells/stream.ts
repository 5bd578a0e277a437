/**
 * Values that come one after another: `const x = stream(async function* () { … })`. The constant is the stream's latest
 * value; the cells that use it run again with it, and skip the values that came while they were at work.
 */
import { host } from "./host.ts";

/**
 * The cell counts as running until the generator is through. When the cell runs again or is stopped, `signal()` aborts and
 * the generator ends at the `yield` where it stands, through its `finally`.
 * @returns in a notebook, where the call is the whole initialiser of a constant: the first value, and for other cells
 * always the latest. Elsewhere a promise of the first.
 */
export function stream<T>(values: () => AsyncGenerator<T> | Generator<T>): T {
  // The notebook awaits the call, which the type keeps quiet about.
  return host().stream(values) as T;
}
