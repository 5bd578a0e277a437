/**
 * BLEU (Papineni et al. 2002, https://aclanthology.org/P02-1040), with exactly the numbers of sacreBLEU 2.6.0: the geometric mean of the
 * n-gram precisions up to order 4, times a penalty if the hypothesis is shorter than the reference that is closest in length. With
 * several references, an n-gram counts up to its largest count in one of them.
 *
 * Smoothing handles orders without matches (Chen and Cherry 2014, https://aclanthology.org/W14-3346): `exp` gives each such order half
 * the value of the one before, `floor` gives it a fraction of a match, and `add-k` adds k matches to all orders above the first.
 */

import { exp, log } from "../../portable-math.ts";
import { type BleuTokenizer, bleuTokenizers, type NamedTokenizer } from "./bleu-tokenizers.ts";
import { ngrams, sharedCount } from "./ngrams.ts";
import { corpusScore, decimals, type References, type TextMetric } from "./text-metric.ts";
import { withoutBlankEnd, words } from "./words.ts";

export type Smoothing = "exp" | "floor" | "add-k" | "none";

export type BleuOptions = {
  /** Default: 13a. For spBLEU, give a SentencePiece file (`sentencePiece`). */
  readonly tokenizer?: BleuTokenizer | NamedTokenizer;
  readonly lowercase?: boolean;
  /** Default: `exp`. */
  readonly smoothing?: Smoothing;
  /** The fraction of `floor` (default: 0.1) or the k of `add-k` (default: 1). */
  readonly smoothingValue?: number;
  /** The longest n-gram. Default: 4. */
  readonly maxOrder?: number;
  /** Leaves out orders that are longer than the hypothesis, as needed for single sentences. */
  readonly effectiveOrder?: boolean;
};

/** The score of a whole corpus, from 0 to 1. `references[i]` are the references of `hypotheses[i]`. */
export const bleu = (
  hypotheses: readonly string[],
  references: readonly References[],
  options: BleuOptions = {},
): number => corpusScore(bleuMetric(options), hypotheses, references);

/** The score of one sentence. Default: with the effective order. */
export const sentenceBleu = (hypothesis: string, references: References, options: BleuOptions = {}): number =>
  bleu([hypothesis], [references], { effectiveOrder: true, ...options });

const defaultValue = { floor: 0.1, "add-k": 1, exp: undefined, none: undefined } as const;

/** Statistics: the length of the hypothesis, the length of the closest reference, the matches of each order, the n-grams of each order. */
export function bleuMetric(options: BleuOptions = {}): TextMetric {
  const { tokenizer = "13a", lowercase = false, smoothing = "exp", maxOrder = 4, effectiveOrder = false } = options;
  const value = defaultValue[smoothing] === undefined ? 0 : (options.smoothingValue ?? defaultValue[smoothing]);
  const { name, tokenize } =
    typeof tokenizer === "string" ? { name: tokenizer, tokenize: bleuTokenizers[tokenizer] } : tokenizer;
  const orders = Array.from({ length: maxOrder }, (_, n) => n + 1);

  const wordsOf = (text: string): string[] => words(tokenize(withoutBlankEnd(lowercase ? text.toLowerCase() : text)));

  const evaluate = (sums: readonly number[]) => {
    const [length = 0, referenceLength = 0] = sums;
    const matches = sums.slice(2, 2 + maxOrder);
    const totals = sums.slice(2 + maxOrder);
    const penalty = length >= referenceLength ? 1 : length > 0 ? exp(1 - referenceLength / length) : 0;
    const precisions = orders.map(() => 0);
    if (matches.every((count) => count === 0)) return { score: 0, precisions, penalty, length, referenceLength };
    let counted = maxOrder;
    let halving = 1;
    for (const n of orders) {
      const added = smoothing === "add-k" && n > 1 ? value : 0;
      const matched = matches[n - 1]! + added;
      const total = totals[n - 1]! + added;
      if (total === 0) break;
      if (effectiveOrder) counted = n;
      if (matched === 0 && smoothing === "exp") halving *= 2;
      const smoothed = matched > 0 ? matched : smoothing === "exp" ? 1 / halving : smoothing === "floor" ? value : 0;
      precisions[n - 1] = smoothed / total;
    }
    const logs = precisions.slice(0, counted).map(log);
    const score = penalty * exp(logs.reduce((sum, each) => sum + each, 0) / counted);
    return { score, precisions, penalty, length, referenceLength };
  };

  return {
    name: "BLEU",
    settings: [
      `case:${lowercase ? "lc" : "mixed"}`,
      `eff:${effectiveOrder ? "yes" : "no"}`,
      `tok:${name}`,
      `smooth:${smoothing}${defaultValue[smoothing] === undefined ? "" : `[${decimals(value, 2)}]`}`,
    ].join("|"),
    better: "higher",

    statistics: (hypothesis, references) => {
      const hypothesisWords = wordsOf(hypothesis);
      const referenceWords = references.map(wordsOf);
      const { length } = hypothesisWords;
      const matches = orders.map((n) => {
        const maximum = maximumCounts(referenceWords.map((each) => ngrams(each, n, " ")));
        return sharedCount(ngrams(hypothesisWords, n, " "), maximum);
      });
      const totals = orders.map((n) => Math.max(0, length - n + 1));
      return [length, closestLength(length, referenceWords), ...matches, ...totals];
    },

    score: (sums) => evaluate(sums).score,

    detail: (sums) => {
      const { precisions, penalty, length, referenceLength } = evaluate(sums);
      const parts = precisions.map((each) => decimals(100 * each, 1)).join("/");
      const ratio = decimals(referenceLength > 0 ? length / referenceLength : 0, 3);
      return `${parts} (BP = ${decimals(penalty, 3)} ratio = ${ratio} hyp_len = ${length} ref_len = ${referenceLength})`;
    },
  };
}

/** The reference length that is closest to the length of the hypothesis; of two equally close ones, the shorter. */
function closestLength(length: number, references: readonly (readonly string[])[]): number {
  const lengths = references.map((reference) => reference.length);
  const distance = (each: number): number => Math.abs(each - length);
  return lengths.reduce((best, each) =>
    distance(each) < distance(best) || (distance(each) === distance(best) && each < best) ? each : best,
  );
}

/** The largest count of each n-gram in one of the references. */
function maximumCounts(references: readonly Map<string, number>[]): ReadonlyMap<string, number> {
  const [first, ...others] = references;
  if (first === undefined) return new Map();
  for (const other of others) for (const [gram, count] of other) first.set(gram, Math.max(first.get(gram) ?? 0, count));
  return first;
}
