/**
 * What is left out of a corpus before training, and why: pairs that stand there twice, and pairs that are too long, too
 * short, or so unequal in length that they can hardly be translations of each other.
 */
import { form, pairContent, type Sameness, type Sides } from "./content.ts";

export type Dropped = { readonly source: string; readonly reference: string; readonly reason: string };
export type Cleaned<T> = { readonly pairs: readonly T[]; readonly dropped: readonly Dropped[] };

/** Bounds are of both sides. */
export type LengthLimits = {
  readonly unit?: "characters" | "words" | "tokens";
  /** Counts tokens: `(text) => base.tokenizer.encode(text).length`. Needed for `tokens` and for nothing else. */
  readonly count?: (text: string) => number;
  readonly min?: number;
  readonly max?: number;
  /** Most that the longer side may be of the shorter. */
  readonly ratio?: number;
};

export type CleaningOptions = {
  /** Which pairs count as one; the first stays. `exact` unless given. */
  readonly duplicates?: Sameness | "keep";
  /** Both sides the same (the default), or one side alone: then a sentence has one translation, the first. */
  readonly sides?: "both" | "source" | "reference";
  readonly length?: LengthLimits;
};

export function cleanPairs<T extends Sides>(pairs: readonly T[], options: CleaningOptions = {}): Cleaned<T> {
  const { duplicates = "exact", sides = "both", length = {} } = options;
  const lengthFault = lengthCheck(length);
  const seen = new Set<string>();
  const kept: T[] = [];
  const dropped: Dropped[] = [];
  for (const pair of pairs) {
    const key = duplicates === "keep" ? undefined : content(pair, duplicates, sides);
    const fault =
      lengthFault(pair) ?? (key !== undefined && seen.has(key) ? duplicateReason(duplicates, sides) : undefined);
    if (fault === undefined) kept.push(pair);
    else dropped.push({ source: pair.source, reference: pair.reference, reason: fault });
    if (key !== undefined && fault === undefined) seen.add(key);
  }
  return { pairs: kept, dropped };
}

/** A pair stands beside its other direction: the direction is part of what must be the same. */
function content(pair: Sides, sameness: Sameness, sides: "both" | "source" | "reference"): string {
  const direction = `${pair.from}\t${pair.to}\n`;
  return direction + (sides === "both" ? pairContent(pair, sameness) : form(sameness)(pair[sides]));
}

const duplicateReason = (sameness: string, sides: string): string =>
  `${sameness === "exact" ? "the same" : "nearly the same"} ${sides === "both" ? "pair" : sides} stands before it`;

function lengthCheck({ unit = "characters", count, min = 1, max = Infinity, ratio = Infinity }: LengthLimits) {
  if (unit === "tokens" && !count)
    throw new Error(
      'To count tokens, say whose: length: { unit: "tokens", count: (text) => base.tokenizer.encode(text).length }.',
    );
  const counts = {
    characters: (text: string): number => Array.from(text).length,
    words: (text: string): number => text.split(/\s+/u).filter(Boolean).length,
    tokens: count ?? (() => 0),
  };
  return ({ source, reference }: Sides): string | undefined => {
    const lengths = [source, reference].map(counts[unit]);
    const [short, long] = [Math.min(...lengths), Math.max(...lengths)];
    if (short < min) return `shorter than ${min} ${unit}`;
    if (long > max) return `longer than ${max} ${unit}`;
    return long > ratio * short ? `one side more than ${ratio} times as long as the other` : undefined;
  };
}
