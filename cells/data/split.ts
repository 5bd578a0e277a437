/**
 * Splits that stay: whether an item is for training or for testing is told by its content and a seed alone. So rows that
 * are added, dropped or reordered move no other row from one part to the other, and both directions of a sentence, however
 * it is spaced or capitalised, come into one part.
 */

import { hash32 } from "../random.ts";
import { normalised, pairContent, type Sides } from "./content.ts";

export type SplitOptions = {
  /** The share of the contents that is kept for testing, from 0 to 1; of few items the real share lies near it. */
  readonly test: number;
  /** Kept for choosing between models, besides; none unless given. */
  readonly validation?: number;
  /** Another seed gives another split; 1 unless given. The notebook's own seed does not count, for a test is the same for all seeds. */
  readonly seed?: number;
};

export type Split<T> = { readonly train: T[]; readonly validation: T[]; readonly test: T[] };

/** @throws if the shares are not from 0 to 1 together. */
export function splitPairs<T extends Sides>(pairs: readonly T[], options: SplitOptions): Split<T> {
  return split(pairs, (pair) => pairContent(pair, "normalised"), options);
}

/** Requests or whatever else: `content` gives the text that an item is known by. */
export function split<T>(
  items: readonly T[],
  content: (item: T) => string,
  { test, validation = 0, seed = 1 }: SplitOptions,
): Split<T> {
  if (!(test >= 0 && validation >= 0 && test + validation <= 1))
    throw new Error(
      `The shares for testing (${test}) and validation (${validation}) must lie between 0 and 1 together.`,
    );
  const parts: Split<T> = { train: [], validation: [], test: [] };
  for (const item of items) {
    const place = hash32(`split/${seed}/${normalised(content(item))}`) / 2 ** 32;
    const part = place < test ? "test" : place < test + validation ? "validation" : "train";
    parts[part].push(item);
  }
  return parts;
}
