/** What a cell may ask of its own generation, the one execution of it that is under way. */
import { host } from "./host.ts";

/** The seed of all randomness of the notebook; `--set seed=2` changes it. */
export const seed = (): number => host().seed;

/** Aborts when the cell is stopped or run again; hand it to whatever takes long. */
export const signal = (): AbortSignal => host().signal;

/** Calls `dispose` when this generation ends. */
export const onDispose = (dispose: () => void): void => host().onDispose(dispose);

/**
 * Hands `value` over to the next generation of this cell: the tensors in it, in lists, records, maps and adapters, are not
 * freed when this generation ends. The next one gets it from `previous()` and owns the tensors from then on; what it does not
 * keep in turn is freed with it. A generation keeps one value: a later call replaces the former. What belongs to other cells stays theirs.
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
 * What the last generation of this cell gave to `keep`; undefined the first time, after a restart of the kernel, and where it kept nothing. The
 * type is the caller's word for it: after an edit the value is still what the old code kept.
 */
export const previous = <T>(): T | undefined => host().previous() as T | undefined;

/** The bytes of a file; the path is absolute or relative to the notebook. @throws naming the path and what to do. */
export const readFile = (path: string): Promise<Uint8Array> => host().readFile(path);
