/**
 * TER, the translation edit rate (Snover et al. 2006, https://aclanthology.org/2006.amta-papers.25): words inserted,
 * dropped, replaced, and runs of words shifted, over the mean length of the references; lower is better, and more than 1
 * is possible. The search for shifts is greedy and bounded as in Tercom, number for number as sacreBLEU 2.6.0.
 */
import { editsTo } from "./edit-distance.ts";
import { bestShift, shiftBudget } from "./ter-shifts.ts";
import { type TerOptions, terWords } from "./ter-tokenizer.ts";
import { corpusScore, type References, type TextMetric } from "./text-metric.ts";
import { withoutBlankEnd } from "./words.ts";

/** The rate of a whole corpus, a fraction. `references[i]` is the reference of `hypotheses[i]`, or several. */
export const ter = (
  hypotheses: readonly string[],
  references: readonly References[],
  options: TerOptions = {},
): number => corpusScore(terMetric(options), hypotheses, references);

export const sentenceTer = (hypothesis: string, references: References, options: TerOptions = {}): number =>
  ter([hypothesis], [references], options);

/** Statistics: the fewest edits to one of the references, and the mean length of the references in words. */
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
      const own = wordsOf(hypothesis);
      const theirs = references.map(wordsOf);
      const length = theirs.reduce((sum, each) => sum + each.length, 0) / theirs.length;
      return [Math.min(...theirs.map((each) => editCount(own, each))), length];
    },
    score: ([edited = 0, length = 0]) => (length > 0 ? edited / length : edited > 0 ? 1 : 0),
  };
}

/** Shifts as long as one shortens the way, then counts what is left to edit. */
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
