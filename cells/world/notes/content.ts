/** The content words of a sentence in the order of the English, for the notes that go through them. */
import type { Adjective, Noun, Numeral, Verb } from "../language/lexicon.ts";
import type { NounPhrase, Sentence } from "../language/sentence.ts";

export type ContentWord =
  | { readonly kind: "name" | "country"; readonly word: string }
  | { readonly kind: "noun"; readonly word: Noun }
  | { readonly kind: "adjective"; readonly word: Adjective }
  | { readonly kind: "verb"; readonly word: Verb }
  | { readonly kind: "numeral"; readonly word: Numeral };

function ofPhrase(np: NounPhrase): ContentWord[] {
  if (np.kind === "name") return [{ kind: "name", word: np.name }];
  return [
    ...(np.numeral ? [{ kind: "numeral", word: np.numeral } as const] : []),
    ...(np.adjective ? [{ kind: "adjective", word: np.adjective } as const] : []),
    { kind: "noun", word: np.noun },
  ];
}

export function contentWords({ subject, verb, object, place }: Sentence): ContentWord[] {
  const at: ContentWord[] = !place
    ? []
    : place.kind === "country"
      ? [{ kind: "country", word: place.country }]
      : ofPhrase(place.phrase);
  return [...ofPhrase(subject), { kind: "verb", word: verb }, ...(object ? ofPhrase(object) : []), ...at];
}
