/**
 * chrF, the character n-gram F-score (Popović 2015, https://aclanthology.org/W15-3049), number for number as sacreBLEU
 * 2.6.0 computes it: character order 6, β 2, white space removed, precision and recall averaged over the orders that
 * both sides have ("eff:yes"). With `wordOrder: 2` it is chrF++. Scores here are fractions from 0 to 1, not percent.
 *
 * A corpus score adds up the counts of all sentences before it divides; it is not the mean of sentence scores. Of several
 * references the one that scores best counts.
 */
import { common, ngrams } from "./ngrams.ts";
import { corpusScore, type References, type TextMetric } from "./text-metric.ts";
import { words } from "./words.ts";

export type ChrfOptions = {
  /** Word n-grams up to this order count as well; 0 is chrF, 2 is chrF++. */
  readonly wordOrder?: number;
  readonly lowercase?: boolean;
  /** White space counts as characters, too. */
  readonly whiteSpace?: boolean;
};

const characterOrder = 6;
const beta = 2;

/** The score of a whole corpus. `references[i]` is the reference of `hypotheses[i]`, or several. 0 for an empty corpus. */
export const chrf = (
  hypotheses: readonly string[],
  references: readonly References[],
  options: ChrfOptions = {},
): number => corpusScore(chrfMetric(options), hypotheses, references);

/** The score of one sentence against its reference, or the best of several. */
export const sentenceChrf = (hypothesis: string, references: References, options: ChrfOptions = {}): number =>
  chrf([hypothesis], [references], options);

/** Statistics: for each order, characters before words, the n-grams of the hypothesis, of the reference, and of both. */
export function chrfMetric({ wordOrder = 0, lowercase = false, whiteSpace = false }: ChrfOptions = {}): TextMetric {
  const grams = (text: string): Map<string, number>[] => {
    const cased = lowercase ? text.toLowerCase() : text;
    const characters = Array.from(whiteSpace ? cased : words(cased).join(""));
    const pieces = wordOrder > 0 ? words(cased).flatMap(splitPunctuation) : [];
    return [
      ...Array.from({ length: characterOrder }, (_, n) => ngrams(characters, n + 1, "")),
      ...Array.from({ length: wordOrder }, (_, n) => ngrams(pieces, n + 1, " ")),
    ];
  };
  return {
    name: `chrF${beta}${"+".repeat(wordOrder)}`,
    settings: `case:${lowercase ? "lc" : "mixed"}|eff:yes|nc:${characterOrder}|nw:${wordOrder}|space:${whiteSpace ? "yes" : "no"}`,
    better: "higher",
    statistics: (hypothesis, references) => {
      const own = grams(hypothesis);
      const counts = references.map((reference) => {
        const theirs = grams(reference);
        return own.flatMap((mine, order) => compare(mine, theirs[order]!));
      });
      return counts.reduce((best, each) => (score(each) > score(best) ? each : best));
    },
    score,
  };
}

/** An order that the reference does not have counts no hits and no misses. */
const compare = (hypothesis: ReadonlyMap<string, number>, reference: ReadonlyMap<string, number>): number[] => [
  reference.size > 0 ? sum(hypothesis) : 0,
  sum(reference),
  common(hypothesis, reference),
];

function score(counts: readonly number[]): number {
  let precision = 0;
  let recall = 0;
  let orders = 0;
  for (let at = 0; at < counts.length; at += 3) {
    const [hypothesis, reference, match] = [counts[at]!, counts[at + 1]!, counts[at + 2]!];
    if (hypothesis === 0 || reference === 0) continue;
    precision += match / hypothesis;
    recall += match / reference;
    orders += 1;
  }
  if (precision + recall === 0) return 0;
  precision /= orders;
  recall /= orders;
  return ((1 + beta ** 2) * precision * recall) / (beta ** 2 * precision + recall);
}

const sum = (counts: ReadonlyMap<string, number>): number =>
  [...counts.values()].reduce((total, each) => total + each, 0);

const isPunctuation = (character: string | undefined): boolean => /^[!-/:-@[-`{-~]$/.test(character ?? "");

/** One punctuation mark is cut off, at the end or else at the beginning, as sacreBLEU does it. */
function splitPunctuation(word: string): string[] {
  const characters = Array.from(word);
  if (characters.length === 1) return [word];
  if (isPunctuation(characters.at(-1))) return [characters.slice(0, -1).join(""), characters.at(-1)!];
  if (isPunctuation(characters[0])) return [characters[0]!, characters.slice(1).join("")];
  return [word];
}
