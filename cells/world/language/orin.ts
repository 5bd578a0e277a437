/**
 * Orin, the language that the base knows: verb first, prefixes, adjectives before nouns, no articles, capital letters in names
 * only.
 */
import type { NounPhrase, Place, Sentence, Tense } from "./sentence.ts";
import { orinStems as stems } from "./stems.ts";

const tensePrefix: Readonly<Record<Tense, string>> = { present: "", past: "e", future: "sha" };
const prepositions = { in: "ol", near: "rin" } as const;

function phrase(np: NounPhrase): string[] {
  if (np.kind === "name") return [np.name];
  return [
    ...(np.numeral ? [stems[np.numeral]] : []),
    ...(np.adjective ? [stems[np.adjective]] : []),
    ...(np.plural && !np.numeral ? ["mo"] : []),
    stems[np.noun],
  ];
}

function place(at: Place): string[] {
  return at.kind === "country" ? [prepositions.in, at.country] : [prepositions[at.preposition], ...phrase(at.phrase)];
}

/** Verb, *uli* if negated, subject, object, place. */
export function orin(sentence: Sentence): string {
  const { subject, tense, negated, verb, object } = sentence;
  const words = [
    tensePrefix[tense] + stems[verb],
    ...(negated ? ["uli"] : []),
    ...phrase(subject),
    ...(object ? phrase(object) : []),
    ...(sentence.place ? place(sentence.place) : []),
  ];
  return `${words.join(" ")}.`;
}
