/** "Fact:" rationales: world knowledge only. Two facts for a name or country, one for an animal, the kind of any other noun. */
import type { Chance } from "../chance.ts";
import { factsAbout } from "../facts.ts";
import { isAnimal } from "../language/lexicon.ts";
import type { Sentence } from "../language/sentence.ts";
import { kindStatement } from "../questions/word.ts";
import { type ContentWord, contentWords } from "./content-words.ts";

function knowledge(draw: Chance, content: ContentWord): string[] {
  switch (content.kind) {
    case "name":
    case "country":
      return draw.some(factsAbout(content.word), 2).map(({ statement }) => statement);
    case "noun":
      return [isAnimal(content.word) ? draw.pick(factsAbout(content.word)).statement : kindStatement(content.word)];
    default:
      return [];
  }
}

export const factRationale = (draw: Chance, sentence: Sentence): string =>
  contentWords(sentence)
    .flatMap((content) => knowledge(draw, content))
    .join(" ");
