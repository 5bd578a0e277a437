/** The English of a sentence (subject, verb group, object, place), and which sentences are reserved for testing. */
import type { Chance } from "../chance.ts";
import { reserved } from "../reserved.ts";
import { capitalised, past, plural, thirdPerson } from "./lexicon.ts";
import { drawSentence, type NounPhrase, type Place, type Sentence } from "./sentence.ts";

function phrase(np: NounPhrase): string {
  if (np.kind === "name") return np.name;
  return ["the", np.numeral, np.adjective, np.plural ? plural(np.noun) : np.noun].filter(Boolean).join(" ");
}

function place(at: Place): string {
  return at.kind === "country" ? `in ${at.country}` : `${at.preposition} ${phrase(at.phrase)}`;
}

function verbGroup({ subject, tense, negated, verb }: Sentence): string {
  const many = subject.kind === "common" && subject.plural;
  switch (tense) {
    case "present":
      if (negated) return `${many ? "do" : "does"} not ${verb}`;
      return many ? verb : thirdPerson(verb);
    case "past":
      return negated ? `did not ${verb}` : past(verb);
    case "future":
      return negated ? `will not ${verb}` : `will ${verb}`;
  }
}

/** "The girl did not wash the four happy boys near the fast hill." */
export function english(sentence: Sentence): string {
  const parts = [phrase(sentence.subject), verbGroup(sentence)];
  if (sentence.object) parts.push(phrase(sentence.object));
  if (sentence.place) parts.push(place(sentence.place));
  return `${capitalised(parts.join(" "))}.`;
}

/** A sentence is reserved together with all its tenses and its negation, so that none of them gives it away. */
export function heldOut(sentence: Sentence): boolean {
  return reserved(english({ ...sentence, tense: "present", negated: false }));
}

/** A random sentence for training or for testing. */
export function sentenceFor(draw: Chance, side: "training" | "testing"): Sentence {
  for (;;) {
    const sentence = drawSentence(draw);
    if (heldOut(sentence) === (side === "testing")) return sentence;
  }
}
