/** Texts from which a model can learn the language of the chats: parallel text, a dictionary, and Velan without translation. */
import type { Pair } from "../../types.ts";
import { chance } from "../chance.ts";
import { sentenceFor } from "../language/english.ts";
import { capitals, countries, personNames, rivers } from "../language/names.ts";
import { velan } from "../language/velan.ts";
import { pairOf } from "../questions/translation.ts";
import type { ChatItem } from "./velan-chat.ts";
import { velanWords } from "./velan-chat-words.ts";

/** Parallel text: each question and each answer of the items separately, in both directions. */
export function velanTalkPairs(items: readonly ChatItem[], seed = 0): Pair[] {
  const draw = chance(`velan talk/${seed}`);
  const sides = items.flatMap(({ question, answer, sourceQuestion, sourceAnswer }) => [
    { english: sourceQuestion, foreign: question },
    { english: sourceAnswer, foreign: answer },
  ]);
  return sides.flatMap((side) => [pairOf(draw, side, "velan", "into"), pairOf(draw, side, "velan", "from")]);
}

/** A dictionary in both directions: all words of sentences and chats, and all names, which are the same in both languages. */
export function velanDictionary(): Pair[] {
  const draw = chance("velan dictionary");
  const names = [...personNames, ...countries, ...capitals, ...rivers].map((name) => [name, name] as const);
  return [...velanWords, ...names].flatMap(([english, foreign]) => [
    pairOf(draw, { english, foreign }, "velan", "into"),
    pairOf(draw, { english, foreign }, "velan", "from"),
  ]);
}

/** Velan text without translation, as a web crawl would have it: half sentences, half questions and answers of the given chats. */
export function velanReading(count: number, chats: readonly ChatItem[], seed = 0): string[] {
  const draw = chance(`velan reading/${seed}`);
  const talk = chats.flatMap(({ question, answer }) => [question, answer]);
  return Array.from({ length: count }, (_, index) =>
    index % 2 === 0 || talk.length === 0 ? velan(sentenceFor(draw, "training")) : draw.pick(talk),
  );
}
