/**
 * Rewriting a sentence: another tense, the other polarity, or the same again. Reserved with its sentence, hence tested
 * on sentences that training never shows in any tense.
 */
import type { Chance } from "../chance.ts";
import { english, heldOut } from "../language/english.ts";
import type { Sentence } from "../language/sentence.ts";
import type { Question } from "../question.ts";

type Rewriting = {
  /** As the heading of a remark in a note. */
  readonly heading: string;
  /** As an order. */
  readonly order: string;
  readonly result: Sentence;
};

/** Every rewriting that says something about this sentence. */
export function rewritings(sentence: Sentence): Rewriting[] {
  const all: Rewriting[] = [
    { heading: "In the past", order: "Put this in the past", result: { ...sentence, tense: "past" } },
    { heading: "In the future", order: "Put this in the future", result: { ...sentence, tense: "future" } },
    sentence.negated
      ? { heading: "Not negative", order: "Make this not negative", result: { ...sentence, negated: false } }
      : { heading: "Negative", order: "Make this negative", result: { ...sentence, negated: true } },
    { heading: "Again", order: "Repeat this", result: sentence },
  ];
  return all.filter(
    ({ heading, result }) =>
      heading === "Again" || result.tense !== sentence.tense || result.negated !== sentence.negated,
  );
}

/** The question, and the sentence of its answer, which a note may go on about. */
export function drawRewriting(
  draw: Chance,
  sentence: Sentence,
): { readonly question: Question; readonly result: Sentence } {
  const { order, result } = draw.pick(rewritings(sentence));
  const prompt = `${order}: ${english(sentence)}`;
  return { question: { prompt, answer: english(result), reserved: heldOut(sentence) }, result };
}
