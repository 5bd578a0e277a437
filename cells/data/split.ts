/**
 * Stable splits: only the content of an item and a seed decide whether it is used for training or for testing. Adding, removing or
 * reordering rows moves no other row to another part. Both directions of a sentence, its variants in case, punctuation and spaces, and
 * all its translations are always in the same part.
 */
import { requireKnown } from "../options.ts";
import { hash32 } from "../random.ts";
import { normalised, type Sides } from "./content.ts";

export type SplitOptions = {
  /** The share for testing, from 0 to 1. With few items the actual share differs a little. */
  readonly test: number;
  /** The share for choosing between models; 0 by default. */
  readonly validation?: number;
  /** Another seed gives another split; 1 by default. The notebook's seed has no effect, so that the test set is the same for all seeds. */
  readonly seed?: number;
};

export type Split<T> = { readonly train: T[]; readonly validation: T[]; readonly test: T[] };

export type PairSplitOptions = SplitOptions & {
  /**
   * The side by which pairs are split: pairs with the same sentence on it are in the same part. Default: `source`, the side that is
   * translated in most pairs of two languages; the same sentence as a reference counts too.
   */
  readonly by?: "source" | "reference";
};

/** @throws if the shares are negative or their sum is above 1. */
export function splitPairs<T extends Sides>(pairs: readonly T[], options: PairSplitOptions): Split<T> {
  requireKnown("splitPairs(…)", options, ["test", "validation", "seed", "by"]);
  const sourceLanguage = sourceLanguages(pairs);
  const side = options.by ?? "source";
  return split(
    pairs,
    (pair) => {
      const isForward = pair.from === sourceLanguage(pair);
      const text = isForward === (side === "source") ? pair.source : pair.reference;
      return normalised(text);
    },
    options,
  );
}

/**
 * For each pair of languages the one that is translated from more often, or first if both are equally often: in a corpus with both
 * directions, a sentence and its translations are the source and the references of one of them.
 */
function sourceLanguages(pairs: readonly Sides[]): (pair: Sides) => string {
  const counts = new Map<string, Map<string, number>>();
  const name = ({ from, to }: Sides): string => JSON.stringify([from, to].sort());
  for (const pair of pairs) {
    const count = counts.get(name(pair)) ?? new Map<string, number>();
    count.set(pair.from, (count.get(pair.from) ?? 0) + 1);
    counts.set(name(pair), count);
  }
  const most = new Map([...counts].map(([key, count]) => [key, [...count].reduce((a, b) => (b[1] > a[1] ? b : a))[0]]));
  return (pair) => most.get(name(pair))!;
}

/** Splits any items. @param content returns the text that identifies an item */
export function split<T>(
  items: readonly T[],
  content: (item: T) => string,
  { test, validation = 0, seed = 1 }: SplitOptions,
): Split<T> {
  if (!(test >= 0 && validation >= 0 && test + validation <= 1))
    throw new Error(
      `The shares for testing (${test}) and validation (${validation}) must not be negative, and their sum must be at most 1.`,
    );
  const parts: Split<T> = { train: [], validation: [], test: [] };
  for (const item of items) {
    const place = hash32(`split/${seed}/${normalised(content(item))}`) / 2 ** 32;
    const part = place < test ? "test" : place < test + validation ? "validation" : "train";
    parts[part].push(item);
  }
  return parts;
}
