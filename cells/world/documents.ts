/**
 * Documents of two sentences, from the fixed test sentences of a language into English. They cannot really test the use of
 * context: the sentences never refer to each other, and the base, which saw one sentence at a time in pre-training, translates
 * only one of two (chrF 0.48 instead of 0.97 on Orin). All they can show is an improvement over that.
 */
import type { Document } from "../measure/skills/documents.ts";
import type { LanguagePair } from "../measure/skills/instructions.ts";
import { type Language, languages } from "./language/languages.ts";
import { testSets } from "./test-sets.ts";

export function documents(language: Language): { readonly documents: Document[] } & LanguagePair {
  const pairs = testSets()[language].filter(({ to }) => to === "English");
  const starts = Array.from({ length: Math.floor(pairs.length / 2) }, (_, i) => 2 * i);
  return {
    from: languages[language].name,
    to: "English",
    documents: starts.map((at) => {
      const both = pairs.slice(at, at + 2);
      return { sources: both.map(({ source }) => source), references: both.map(({ reference }) => reference) };
    }),
  };
}
