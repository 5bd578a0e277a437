/** "Ask:" rationales: up to three questions about the sentence, each with its answer. No question is one that is reserved for testing. */
import type { Chance } from "../chance.ts";
import { factsAbout } from "../facts.ts";
import { isAnimal, opposite } from "../language/lexicon.ts";
import type { Sentence } from "../language/sentence.ts";
import type { Question } from "../question.ts";
import { factQuestions } from "../questions/fact.ts";
import { kindQuestions, oppositeQuestions, pastQuestions, pluralQuestions } from "../questions/word.ts";
import { type ContentWord, contentWords } from "./content-words.ts";

function questionsOn(draw: Chance, content: ContentWord): Question[] {
  switch (content.kind) {
    case "name":
    case "country":
      return factQuestions(draw.pick(factsAbout(content.word)));
    case "noun":
      if (isAnimal(content.word) && draw.percent(50)) return factQuestions(draw.pick(factsAbout(content.word)));
      return draw.pick([kindQuestions, pluralQuestions])(content.word);
    case "adjective":
      return opposite(content.word) ? oppositeQuestions(content.word) : [];
    case "verb":
      return pastQuestions(content.word);
    case "numeral":
      return [];
  }
}

export function askRationale(draw: Chance, sentence: Sentence): string {
  const questions = contentWords(sentence).flatMap((content) => {
    const allowed = questionsOn(draw, content).filter(({ reserved }) => !reserved);
    return allowed.length > 0 ? [draw.pick(allowed)] : [];
  });
  return draw
    .some(questions, 3)
    .map(({ prompt, answer }) => `${prompt} ${answer}`)
    .join(" ");
}
