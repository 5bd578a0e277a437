/** "Grammar:" rationales: subject, verb, object and place, each with its form. */
import type { NounPhrase, Place, Sentence } from "../language/sentence.ts";

const phrase = (np: NounPhrase): string =>
  np.kind === "name" ? `${np.name}, a name` : `${np.noun}, ${np.plural ? "plural" : "singular"}`;

const placed = (place: Place): string =>
  place.kind === "country" ? `${place.country}, a country` : phrase(place.phrase);

export function grammarRationale({ subject, verb, tense, negated, object, place }: Sentence): string {
  return [
    `The subject is ${phrase(subject)}.`,
    `The verb is ${verb}, ${tense} tense${negated ? ", negative" : ""}.`,
    ...(object ? [`The object is ${phrase(object)}.`] : []),
    ...(place ? [`The place is ${placed(place)}.`] : []),
  ].join(" ");
}
