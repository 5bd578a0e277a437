/** The content words of a sentence in the order of its English, for the rationales that say something about each of them. */
import type { Adjective, Noun, Numeral, Verb } from "../language/lexicon.ts";
import type { NounPhrase, Sentence } from "../language/sentence.ts";

export type ContentWord =
  | { readonly kind: "name" | "country"; readonly word: string }
  | { readonly kind: "noun"; readonly word: Noun }
  | { readonly kind: "adjective"; readonly word: Adjective }
  | { readonly kind: "verb"; readonly word: Verb }
  | { readonly kind: "numeral"; readonly word: Numeral };

function wordsOfPhrase(np: NounPhrase): ContentWord[] {
  if (np.kind === "name") return [{ kind: "name", word: np.name }];
  return [
    ...(np.numeral ? [{ kind: "numeral", word: np.numeral } as const] : []),
    ...(np.adjective ? [{ kind: "adjective", word: np.adjective } as const] : []),
    { kind: "noun", word: np.noun },
  ];
}

export function contentWords({ subject, verb, object, place }: Sentence): ContentWord[] {
  const placeWords: ContentWord[] = !place
    ? []
    : place.kind === "country"
      ? [{ kind: "country", word: place.country }]
      : wordsOfPhrase(place.phrase);
  return [
    ...wordsOfPhrase(subject),
    { kind: "verb", word: verb },
    ...(object ? wordsOfPhrase(object) : []),
    ...placeWords,
  ];
}
