/**
 * Stable splits: only the content of an item and a seed decide whether it is used for training or for testing. Adding, removing or
 * reordering rows moves no other row to another part. Both directions of a sentence, and its variants in case, punctuation and
 * spaces, are always in the same part.
 */

import { hash32 } from "../random.ts";
import { normalised, pairContent, type Sides } from "./content.ts";

export type SplitOptions = {
  /** The share for testing, from 0 to 1. With few items the actual share differs a little. */
  readonly test: number;
  /** The share for choosing between models; 0 by default. */
  readonly validation?: number;
  /** Another seed gives another split; 1 by default. The notebook's seed has no effect, so that the test set is the same for all seeds. */
  readonly seed?: number;
};

export type Split<T> = { readonly train: T[]; readonly validation: T[]; readonly test: T[] };

/** @throws if the shares are negative or their sum is above 1. */
export function splitPairs<T extends Sides>(pairs: readonly T[], options: SplitOptions): Split<T> {
  return split(pairs, (pair) => pairContent(pair, "normalised"), options);
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
