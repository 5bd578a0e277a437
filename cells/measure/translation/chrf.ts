/**
 * chrF, the character n-gram F-score (Popović 2015, https://aclanthology.org/W15-3049), with exactly the numbers of sacreBLEU 2.6.0:
 * character order 6, β 2, white space removed, precision and recall averaged over the orders that both sides have ("eff:yes"). With
 * `wordOrder: 2` it is chrF++. Scores are fractions from 0 to 1, not percentages.
 *
 * The score of a corpus sums the counts of all sentences before it divides; it is not the mean of the sentences' scores. Of several
 * references, the one with the best score counts.
 */
import { ngrams, sharedCount } from "./ngrams.ts";
import { corpusScore, type References, type TextMetric } from "./text-metric.ts";
import { words } from "./words.ts";

export type ChrfOptions = {
  /** Word n-grams up to this order count as well: 0 is chrF, 2 is chrF++. Default: 0. */
  readonly wordOrder?: number;
  readonly lowercase?: boolean;
  /** Keeps white space as characters. */
  readonly whiteSpace?: boolean;
};

const characterOrder = 6;
const beta = 2;

/** The score of a whole corpus, from 0 to 1; 0 for an empty corpus. `references[i]` are the references of `hypotheses[i]`. */
export const chrf = (
  hypotheses: readonly string[],
  references: readonly References[],
  options: ChrfOptions = {},
): number => corpusScore(chrfMetric(options), hypotheses, references);

/** The score of one sentence with one or several references. */
export const sentenceChrf = (hypothesis: string, references: References, options: ChrfOptions = {}): number =>
  chrf([hypothesis], [references], options);

/** Statistics: for each order (characters, then words) the n-grams of the hypothesis, of the reference, and the shared ones. */
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
      const hypothesisGrams = grams(hypothesis);
      const counts = references.map((reference) => {
        const referenceGrams = grams(reference);
        return hypothesisGrams.flatMap((each, order) => compare(each, referenceGrams[order]!));
      });
      return counts.reduce((best, each) => (score(each) > score(best) ? each : best));
    },
    score,
  };
}

/** An order that the reference does not have counts neither as matched nor as missed. */
const compare = (hypothesis: ReadonlyMap<string, number>, reference: ReadonlyMap<string, number>): number[] => [
  reference.size > 0 ? sum(hypothesis) : 0,
  sum(reference),
  sharedCount(hypothesis, reference),
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
  return ((1 + beta * beta) * precision * recall) / (beta * beta * precision + recall);
}

const sum = (counts: ReadonlyMap<string, number>): number =>
  [...counts.values()].reduce((total, each) => total + each, 0);

const isPunctuation = (character: string | undefined): boolean => /^[!-/:-@[-`{-~]$/.test(character ?? "");

/** Splits off one punctuation mark, at the end or otherwise at the beginning, as sacreBLEU does. */
function splitPunctuation(word: string): string[] {
  const characters = Array.from(word);
  if (characters.length === 1) return [word];
  if (isPunctuation(characters.at(-1))) return [characters.slice(0, -1).join(""), characters.at(-1)!];
  if (isPunctuation(characters[0])) return [characters[0]!, characters.slice(1).join("")];
  return [word];
}
