/** "Gloss:" rationales: the foreign word for each English word, and nothing about the world. */
import { type Language, languages } from "../language/languages.ts";
import type { Sentence } from "../language/sentence.ts";
import { type ContentWord, contentWords } from "./content-words.ts";

function gloss(content: ContentWord, language: Language): string {
  switch (content.kind) {
    case "name":
      return `${content.word} is a name`;
    case "country":
      return `${content.word} is a country`;
    default:
      return `${content.word} is ${languages[language].stem(content.word)}`;
  }
}

export const glossRationale = (sentence: Sentence, language: Language): string =>
  `${contentWords(sentence)
    .map((content) => gloss(content, language))
    .join("; ")}.`;
