/**
 * Removes pairs from a corpus before training, each with a reason: duplicates, pairs that are too long or too short, and pairs with
 * such different lengths that they can hardly be translations of each other.
 */
import { requireKnown } from "../options.ts";
import { form, pairContent, type Sameness, type Sides } from "./content.ts";

export type Dropped = { readonly source: string; readonly reference: string; readonly reason: string };
export type Cleaned<T> = { readonly pairs: readonly T[]; readonly dropped: readonly Dropped[] };

/** The limits apply to each side of a pair. */
export type LengthLimits = {
  readonly unit?: "characters" | "words" | "tokens";
  /** Counts tokens: `(text) => base.tokenizer.encode(text).length`. Only needed for the unit `tokens`. */
  readonly count?: (text: string) => number;
  readonly min?: number;
  readonly max?: number;
  /** The maximum length of the longer side divided by that of the shorter. */
  readonly ratio?: number;
};

export type CleaningOptions = {
  /** Which pairs are duplicates; the first one stays. `exact` by default; `keep` removes none. */
  readonly duplicates?: Sameness | "keep";
  /** Which sides of a duplicate must be equal: both (the default), or one. With one side, each sentence has one translation, the first. */
  readonly sides?: "both" | "source" | "reference";
  readonly length?: LengthLimits;
};

export function cleanPairs<T extends Sides>(pairs: readonly T[], options: CleaningOptions = {}): Cleaned<T> {
  requireKnown("cleanPairs(…)", options, ["duplicates", "sides", "length"]);
  requireKnown("cleanPairs(…): length", options.length ?? {}, ["unit", "count", "min", "max", "ratio"]);
  const { duplicates = "exact", sides = "both", length = {} } = options;
  const lengthFault = lengthCheck(length);
  const seen = new Set<string>();
  const accepted: T[] = [];
  const dropped: Dropped[] = [];
  for (const pair of pairs) {
    const key = duplicates === "keep" ? undefined : content(pair, duplicates, sides);
    const fault =
      lengthFault(pair) ?? (key !== undefined && seen.has(key) ? duplicateReason(duplicates, sides) : undefined);
    if (fault === undefined) accepted.push(pair);
    else dropped.push({ source: pair.source, reference: pair.reference, reason: fault });
    if (key !== undefined && fault === undefined) seen.add(key);
  }
  return { pairs: accepted, dropped };
}

/** The text by which duplicates are found. It contains the direction, so the two directions of a sentence are no duplicates. */
function content(pair: Sides, sameness: Sameness, sides: "both" | "source" | "reference"): string {
  const direction = `${pair.from}\t${pair.to}\n`;
  return direction + (sides === "both" ? pairContent(pair, sameness) : form(sameness)(pair[sides]));
}

const duplicateReason = (sameness: string, sides: string): string =>
  `${sameness === "exact" ? "duplicate" : "near duplicate"} of an earlier ${sides === "both" ? "pair" : sides}`;

function lengthCheck({ unit = "characters", count, min = 1, max = Infinity, ratio = Infinity }: LengthLimits) {
  if (unit === "tokens" && !count)
    throw new Error(
      'To count tokens, give a function that counts them: length: { unit: "tokens", count: (text) => base.tokenizer.encode(text).length }.',
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
