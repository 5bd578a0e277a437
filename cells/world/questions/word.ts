/** Questions about words: opposites, kinds, plurals, past forms. */
import {
  type Adjective,
  adjectives,
  capitalised,
  kind,
  type Noun,
  nouns,
  opposite,
  past,
  plural,
  type Verb,
  verbs,
  withArticle,
} from "../language/lexicon.ts";
import { type Question, question } from "../question.ts";

export const oppositeStatement = (adjective: Adjective): string =>
  `The opposite of ${adjective} is ${opposite(adjective)}.`;
export const kindStatement = (noun: Noun): string => `${capitalised(withArticle(noun))} is a kind of ${kind(noun)}.`;
export const pluralStatement = (noun: Noun): string => `The plural of ${noun} is ${plural(noun)}.`;
export const pastStatement = (verb: Verb): string => `The past of ${verb} is ${past(verb)}.`;

const questionsFor = (answer: string, ...prompts: string[]): Question[] =>
  prompts.map((prompt) => question(prompt, answer));

export const oppositeQuestions = (word: Adjective): Question[] =>
  questionsFor(
    oppositeStatement(word),
    `What is the opposite of ${word}?`,
    `Give the opposite of ${word}.`,
    `Tell me the opposite of ${word}.`,
    `Which word is the opposite of ${word}?`,
  );

export const kindQuestions = (noun: Noun): Question[] =>
  questionsFor(
    kindStatement(noun),
    `What is ${withArticle(noun)}?`,
    `What kind of thing is ${withArticle(noun)}?`,
    `Tell me what ${withArticle(noun)} is.`,
    `Say what ${withArticle(noun)} is.`,
  );

export const pluralQuestions = (noun: Noun): Question[] =>
  questionsFor(
    pluralStatement(noun),
    `What is the plural of ${noun}?`,
    `Give the plural of ${noun}.`,
    `Tell me the plural of ${noun}.`,
    `Which word is the plural of ${noun}?`,
  );

export const pastQuestions = (verb: Verb): Question[] =>
  questionsFor(
    pastStatement(verb),
    `What is the past of ${verb}?`,
    `Give the past of ${verb}.`,
    `Tell me the past of ${verb}.`,
    `Which word is the past of ${verb}?`,
  );

/** One list per kind of question, so that each kind can be drawn equally often. */
export const wordQuestions: readonly (readonly Question[])[] = [
  adjectives.filter(opposite).flatMap(oppositeQuestions),
  nouns.flatMap(kindQuestions),
  nouns.flatMap(pluralQuestions),
  verbs.flatMap(pastQuestions),
];
