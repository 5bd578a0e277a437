/**
 * BLEU (Papineni et al. 2002, https://aclanthology.org/P02-1040), number for number as sacreBLEU 2.6.0: the geometric
 * mean of n-gram precisions up to order 4, times a penalty for being shorter than the reference that is nearest in length.
 * An n-gram counts as often as it stands in that one of several references which has it most often.
 *
 * Smoothing says what an order without a hit counts (Chen and Cherry 2014, https://aclanthology.org/W14-3346): `exp`
 * halves from one such order to the next, `floor` counts a fraction of a hit, `add-k` adds k hits to all orders above the first.
 */
import { type BleuTokenizer, bleuTokenizers, type OwnTokenizer } from "./bleu-tokenizers.ts";
import { common, ngrams } from "./ngrams.ts";
import { corpusScore, decimals, type References, type TextMetric } from "./text-metric.ts";
import { withoutBlankEnd, words } from "./words.ts";

export type Smoothing = "exp" | "floor" | "add-k" | "none";

export type BleuOptions = {
  /** 13a unless given; one's own by its name, for spBLEU that of a SentencePiece file (`sentencePiece`). */
  readonly tokenizer?: BleuTokenizer | OwnTokenizer;
  readonly lowercase?: boolean;
  /** `exp` unless given. */
  readonly smoothing?: Smoothing;
  /** The fraction of `floor` (0.1 unless given) or the k of `add-k` (1 unless given). */
  readonly smoothingValue?: number;
  /** The longest n-gram: 4 unless given. */
  readonly maxOrder?: number;
  /** Leaves out orders longer than the hypothesis: what single sentences need. */
  readonly effectiveOrder?: boolean;
};

/** The score of a whole corpus, a fraction. `references[i]` is the reference of `hypotheses[i]`, or several. */
export const bleu = (
  hypotheses: readonly string[],
  references: readonly References[],
  options: BleuOptions = {},
): number => corpusScore(bleuMetric(options), hypotheses, references);

/** The score of one sentence, with the effective order unless told otherwise. */
export const sentenceBleu = (hypothesis: string, references: References, options: BleuOptions = {}): number =>
  bleu([hypothesis], [references], { effectiveOrder: true, ...options });

const defaultValue = { floor: 0.1, "add-k": 1, exp: undefined, none: undefined } as const;

/** Statistics: length of the hypothesis, length of its nearest reference, hits of each order, n-grams of each order. */
export function bleuMetric(options: BleuOptions = {}): TextMetric {
  const { tokenizer = "13a", lowercase = false, smoothing = "exp", maxOrder = 4, effectiveOrder = false } = options;
  const value = defaultValue[smoothing] === undefined ? 0 : (options.smoothingValue ?? defaultValue[smoothing]);
  const { name, tokenize } =
    typeof tokenizer === "string" ? { name: tokenizer, tokenize: bleuTokenizers[tokenizer] } : tokenizer;
  const orders = Array.from({ length: maxOrder }, (_, n) => n + 1);

  const wordsOf = (text: string): string[] => words(tokenize(withoutBlankEnd(lowercase ? text.toLowerCase() : text)));

  const evaluate = (sums: readonly number[]) => {
    const [length = 0, wanted = 0] = sums;
    const hits = sums.slice(2, 2 + maxOrder);
    const all = sums.slice(2 + maxOrder);
    const penalty = length >= wanted ? 1 : length > 0 ? Math.exp(1 - wanted / length) : 0;
    const precisions = orders.map(() => 0);
    if (hits.every((hit) => hit === 0)) return { score: 0, precisions, penalty, length, wanted };
    let counted = maxOrder;
    let halving = 1;
    for (const n of orders) {
      const added = smoothing === "add-k" && n > 1 ? value : 0;
      const hit = hits[n - 1]! + added;
      const of = all[n - 1]! + added;
      if (of === 0) break;
      if (effectiveOrder) counted = n;
      if (hit === 0 && smoothing === "exp") halving *= 2;
      const smoothed = hit > 0 ? hit : smoothing === "exp" ? 1 / halving : smoothing === "floor" ? value : 0;
      precisions[n - 1] = smoothed / of;
    }
    const logs = precisions.slice(0, counted).map(Math.log);
    const score = penalty * Math.exp(logs.reduce((sum, each) => sum + each, 0) / counted);
    return { score, precisions, penalty, length, wanted };
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
      const own = wordsOf(hypothesis);
      const theirs = references.map(wordsOf);
      const counts = orders.map((n) => ngrams(own, n, " "));
      const hits = orders.map((n) => common(counts[n - 1]!, most(theirs.map((each) => ngrams(each, n, " ")))));
      const all = orders.map((n) => Math.max(0, own.length - n + 1));
      return [own.length, nearest(own.length, theirs), ...hits, ...all];
    },

    score: (sums) => evaluate(sums).score,

    detail: (sums) => {
      const { precisions, penalty, length, wanted } = evaluate(sums);
      const parts = precisions.map((each) => decimals(100 * each, 1)).join("/");
      const ratio = decimals(wanted > 0 ? length / wanted : 0, 3);
      return `${parts} (BP = ${decimals(penalty, 3)} ratio = ${ratio} hyp_len = ${length} ref_len = ${wanted})`;
    },
  };
}

/** The length nearest to the hypothesis's; of two as near, the shorter. */
function nearest(length: number, references: readonly (readonly string[])[]): number {
  const lengths = references.map((reference) => reference.length);
  const distance = (each: number): number => Math.abs(each - length);
  return lengths.reduce((best, each) =>
    distance(each) < distance(best) || (distance(each) === distance(best) && each < best) ? each : best,
  );
}

/** Each n-gram as often as in the reference that has it most often. */
function most(references: readonly Map<string, number>[]): ReadonlyMap<string, number> {
  const [first, ...others] = references;
  if (first === undefined) return new Map();
  for (const other of others) for (const [gram, count] of other) first.set(gram, Math.max(first.get(gram) ?? 0, count));
  return first;
}
