/**
 * Rewriting a sentence: another tense, the opposite polarity, or a repetition. A question is reserved if its sentence is, so the
 * test uses sentences that training never shows in any tense.
 */
import type { Chance } from "../chance.ts";
import { english, heldOut } from "../language/english.ts";
import type { Sentence } from "../language/sentence.ts";
import type { Question } from "../question.ts";

type Rewriting = {
  /** The heading in a Note rationale. */
  readonly heading: string;
  /** The instruction in a question. */
  readonly instruction: string;
  readonly result: Sentence;
};

/** All rewritings that change this sentence, and the repetition. */
export function rewritings(sentence: Sentence): Rewriting[] {
  const all: Rewriting[] = [
    { heading: "In the past", instruction: "Put this in the past", result: { ...sentence, tense: "past" } },
    { heading: "In the future", instruction: "Put this in the future", result: { ...sentence, tense: "future" } },
    sentence.negated
      ? { heading: "Not negative", instruction: "Make this not negative", result: { ...sentence, negated: false } }
      : { heading: "Negative", instruction: "Make this negative", result: { ...sentence, negated: true } },
    { heading: "Again", instruction: "Repeat this", result: sentence },
  ];
  return all.filter(
    ({ heading, result }) =>
      heading === "Again" || result.tense !== sentence.tense || result.negated !== sentence.negated,
  );
}

/** The question, and the sentence of its answer, which a rationale can be about. */
export function drawRewriting(
  draw: Chance,
  sentence: Sentence,
): { readonly question: Question; readonly result: Sentence } {
  const { instruction, result } = draw.pick(rewritings(sentence));
  const prompt = `${instruction}: ${english(sentence)}`;
  return { question: { prompt, answer: english(result), reserved: heldOut(sentence) }, result };
}
