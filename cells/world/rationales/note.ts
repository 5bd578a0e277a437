/**
 * "Note:" rationales: general statements in the same forms as the answers to general questions, then the sentence rewritten, then
 * its nouns as a list.
 */
import type { Chance } from "../chance.ts";
import { factsAbout } from "../facts.ts";
import { english } from "../language/english.ts";
import { isAnimal, type Lexeme, type Noun, opposite } from "../language/lexicon.ts";
import { commonNouns, type Sentence } from "../language/sentence.ts";
import { countStatement, firstStatement, lastStatement, reversedList } from "../questions/list.ts";
import { rewritings } from "../questions/rewrite.ts";
import { type AdviceTopic, advice } from "../questions/talk.ts";
import { kindStatement, oppositeStatement, pastStatement, pluralStatement } from "../questions/word.ts";
import { type ContentWord, contentWords } from "./content-words.ts";

const adviceFor: Readonly<Partial<Record<Lexeme, AdviceTopic>>> = {
  sleep: "sleep better",
  want: "save money",
  buy: "save money",
  bread: "bake bread",
  letter: "write a letter",
  book: "learn a language",
  tree: "grow a tree",
  kitchen: "clean the kitchen",
  wash: "clean the kitchen",
  key: "find a lost key",
  lose: "find a lost key",
  dog: "calm a dog",
  love: "make a new friend",
  help: "make a new friend",
  run: "stay healthy",
  apple: "stay healthy",
};

function statementsOn(draw: Chance, content: ContentWord): string[] {
  switch (content.kind) {
    case "name":
    case "country":
      return [draw.pick(factsAbout(content.word)).statement];
    case "noun":
      if (isAnimal(content.word) && draw.percent(50)) return [draw.pick(factsAbout(content.word)).statement];
      return [draw.pick([kindStatement, pluralStatement])(content.word)];
    case "adjective":
      return opposite(content.word) ? [oppositeStatement(content.word)] : [];
    case "verb":
      return [pastStatement(content.word)];
    case "numeral":
      return [];
  }
}

function listStatement(draw: Chance, nouns: readonly Noun[]): string {
  const statements = [
    firstStatement,
    lastStatement,
    countStatement,
    (words: readonly Noun[]) => `In capital letters: ${draw.pick(words).toUpperCase()}.`,
  ];
  if (nouns.length > 1) statements.push((words) => `Backwards: ${reversedList(words)}`);
  return draw.pick(statements)(nouns);
}

export function noteRationale(draw: Chance, sentence: Sentence): string {
  const content = contentWords(sentence);
  const topics = content.flatMap(({ kind, word }) =>
    kind === "verb" || kind === "noun" ? (adviceFor[word] ?? []) : [],
  );
  const general = [
    ...content.flatMap((word) => statementsOn(draw, word)),
    ...(topics.length > 0 ? [advice(draw.pick(topics))] : []),
  ];
  const { heading, result } = draw.pick(rewritings(sentence));
  const nouns = commonNouns(sentence);
  const words = nouns.length > 0 ? [`Words: ${nouns.join(", ")}.`, listStatement(draw, nouns)] : [];
  return [...draw.some(general, 3), `${heading}: ${english(result)}`, ...words].join(" ");
}
