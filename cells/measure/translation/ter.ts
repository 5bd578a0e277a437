/**
 * TER, the translation edit rate (Snover et al. 2006, https://aclanthology.org/2006.amta-papers.25): the number of edits (words inserted,
 * deleted or replaced, and spans of words shifted) ÷ the mean length of the references. Lower is better, and it can be above 1.
 * The search for shifts is greedy and limited as in Tercom; the numbers are exactly those of sacreBLEU 2.6.0.
 */
import { editsTo } from "./edit-distance.ts";
import { bestShift, shiftBudget } from "./ter-shifts.ts";
import { type TerOptions, terWords } from "./ter-tokenizer.ts";
import { corpusScore, type References, type TextMetric } from "./text-metric.ts";
import { withoutBlankEnd } from "./words.ts";

/** The rate of a whole corpus, as a fraction. `references[i]` are the references of `hypotheses[i]`. */
export const ter = (
  hypotheses: readonly string[],
  references: readonly References[],
  options: TerOptions = {},
): number => corpusScore(terMetric(options), hypotheses, references);

export const sentenceTer = (hypothesis: string, references: References, options: TerOptions = {}): number =>
  ter([hypothesis], [references], options);

/** Statistics: the smallest number of edits to one of the references, and the mean length of the references in words. */
export function terMetric(options: TerOptions = {}): TextMetric {
  const yes = (option: boolean | undefined): string => (option ? "yes" : "no");
  const wordsOf = (text: string): string[] => terWords(withoutBlankEnd(text), options);
  return {
    name: "TER",
    settings: [
      `case:${options.caseSensitive ? "mixed" : "lc"}`,
      "tok:tercom",
      `norm:${yes(options.normalized)}`,
      `punct:${yes(!options.withoutPunctuation)}`,
      `asian:${yes(options.asian)}`,
    ].join("|"),
    better: "lower",
    statistics: (hypothesis, references) => {
      const hypothesisWords = wordsOf(hypothesis);
      const referenceWords = references.map(wordsOf);
      const length = referenceWords.reduce((sum, each) => sum + each.length, 0) / referenceWords.length;
      return [Math.min(...referenceWords.map((each) => editCount(hypothesisWords, each))), length];
    },
    score: ([edited = 0, length = 0]) => (length > 0 ? edited / length : edited > 0 ? 1 : 0),
  };
}

/** Makes shifts as long as one reduces the edit distance, then adds the remaining edits. */
function editCount(hypothesis: readonly string[], reference: readonly string[]): number {
  if (reference.length === 0) return hypothesis.length;
  const edits = editsTo(reference);
  let words = hypothesis;
  let shifts = 0;
  let tried = 0;
  for (;;) {
    const best = bestShift(words, reference, edits, tried);
    tried = best.tried;
    if (tried >= shiftBudget || best.gain <= 0) break;
    words = best.words;
    shifts += 1;
  }
  return shifts + edits.distance(words);
}
