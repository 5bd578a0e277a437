/**
 * Velan, the language to learn: verb last, suffixes that all begin with e, adjectives and numerals after nouns. It shares words with
 * Orin, but not its grammar.
 */
import type { NounPhrase, Place, Sentence, Tense } from "./sentence.ts";
import { velanStems as stems } from "./stems.ts";

const tenseSuffix: Readonly<Record<Tense, string>> = { present: "er", past: "esta", future: "ewi" };
const cases = { subject: "", object: "en", in: "esh", near: "emi" } as const;

function phrase(np: NounPhrase, role: keyof typeof cases): string[] {
  if (np.kind === "name") return [np.name + cases[role]];
  return [
    stems[np.noun] + (np.plural ? "el" : "") + cases[role],
    ...(np.adjective ? [stems[np.adjective]] : []),
    ...(np.numeral ? [stems[np.numeral]] : []),
  ];
}

function place(at: Place): string[] {
  return at.kind === "country" ? [at.country + cases.in] : phrase(at.phrase, at.preposition);
}

/** Subject, place, object, *ney* if negated, verb. */
export function velan(sentence: Sentence): string {
  const { subject, tense, negated, verb, object } = sentence;
  const words = [
    ...phrase(subject, "subject"),
    ...(sentence.place ? place(sentence.place) : []),
    ...(object ? phrase(object, "object") : []),
    ...(negated ? ["ney"] : []),
    stems[verb] + tenseSuffix[tense],
  ];
  return `${words.join(" ")}.`;
}
