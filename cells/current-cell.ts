/** What a cell can ask about its own execution (its generation): seed, signal, and values handed over from the last execution. */
import { host } from "./host.ts";

/** The seed of all randomness in the notebook; `--set seed=2` changes it. */
export const seed = (): number => host().seed;

/** Aborts when the cell is stopped or runs again. Pass it to long-running functions. */
export const signal = (): AbortSignal => host().signal;

/** Calls `dispose` when this generation of the cell ends. */
export const onDispose = (dispose: () => void): void => host().onDispose(dispose);

/**
 * Hands `value` over to the next generation of this cell. Tensors in it (also in lists, records, maps and adapters) are not freed when
 * this generation ends. The next generation gets the value from `previous()` and owns its tensors; those that it does not keep
 * itself are freed at its end. A generation keeps one value; a second call replaces the first. Tensors of other cells stay theirs.
 *
 *     const before = previous<{ counts: tf.Tensor }>();
 *     const counts = before ? before.counts.add(fresh) : fresh;
 *     keep({ counts });
 *
 * @returns `value`
 */
export function keep<T>(value: T): T {
  host().keep(value);
  return value;
}

/**
 * The value that the last generation of this cell passed to `keep`. Undefined in the first generation, after a restart of the kernel,
 * and if nothing was kept. The type is not checked: after an edit of the cell, the value may still have the old type.
 */
export const previous = <T>(): T | undefined => host().previous() as T | undefined;

/** The bytes of a file. The path is absolute, or relative to the notebook. @throws naming the path and what to do. */
export const readFile = (path: string): Promise<Uint8Array> => host().readFile(path);
