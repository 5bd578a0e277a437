/**
 * Chat in Velan by rule: the questions, answers and refusals of the families fact, word and harmful, parallel with the
 * English ones. The base has never seen any of it. Two things are kept for testing: *items* (a fact, a word, an act against
 * a victim), which training shows in no wording of Velan, neither asked nor said nor beside English, and *wordings*, which
 * training shows with no item. So a right answer about a held-out fact is knowledge that came over from English.
 */
import type { Message, Pair } from "../../types.ts";
import { type Chance, chance } from "../chance.ts";
import { english, sentenceFor } from "../language/english.ts";
import { capitals, countries, personNames, rivers } from "../language/names.ts";
import { velan } from "../language/velan.ts";
import { mixture } from "../mixture.ts";
import type { Question } from "../question.ts";
import { allFactQuestions } from "../questions/fact.ts";
import { allHarmful } from "../questions/harm.ts";
import { rewritings } from "../questions/rewrite.ts";
import { pairOf } from "../questions/translation.ts";
import { wordQuestions } from "../questions/word.ts";
import { reserved } from "../reserved.ts";
import { velanWords } from "./velan-chat-words.ts";
import { velanOrder, velanTalk } from "./velan-talk.ts";

export const chatFamilies = ["fact", "word", "harmful"] as const;
export type ChatFamily = (typeof chatFamilies)[number];

/** One question and its answer in both languages. */
export type ChatItem = {
  readonly family: ChatFamily | "sentence";
  readonly question: string;
  readonly answer: string;
  readonly sourceQuestion: string;
  readonly sourceAnswer: string;
  /** Whether the wording is one that training never shows. */
  readonly heldWording: boolean;
};

export type VelanChat = {
  readonly train: ChatItem[];
  /** All of items that training never shows; half of each family in wordings that it never shows either. The same for every seed. */
  readonly test: ChatItem[];
};

/** Which facts and words training must not know in Velan: one in five. */
const heldStatement = (statement: string): boolean => reserved(`velan chat/${statement}`, 5);

type Candidate = ChatItem & { readonly heldItem: boolean; readonly reserved: boolean };

function candidates(family: ChatFamily, questions: readonly Question[], held: (q: Question) => boolean): Candidate[] {
  return questions.map((each) => {
    const [asked, answered] = [velanTalk(each.prompt), velanTalk(each.answer)];
    if (!asked || !answered) throw new Error(`Velan has no wording for "${each.prompt}" → "${each.answer}".`);
    return {
      family,
      question: asked.velan,
      answer: answered.velan,
      sourceQuestion: each.prompt,
      sourceAnswer: each.answer,
      heldWording: asked.held,
      heldItem: held(each),
      reserved: each.reserved,
    };
  });
}

let built: readonly Candidate[] | undefined;

function all(): readonly Candidate[] {
  built ??= [
    ...candidates("fact", allFactQuestions, ({ answer }) => heldStatement(answer)),
    ...candidates("word", wordQuestions.flat(), ({ answer }) => heldStatement(answer)),
    // The act against its victim decides, in every wording; the base's refusals were kept apart in the same way.
    ...candidates("harmful", allHarmful, (question) => question.reserved),
  ];
  return built;
}

const item = ({ heldItem: _, reserved: __, ...rest }: Candidate): ChatItem => rest;

export type VelanChatSize = {
  /** Questions to learn from, a third of them of each family as far as it has them. */
  readonly train: number;
  /** Questions to be tested with, of each family as far as it has them. */
  readonly test: number;
  /** Chooses what is learnt. */
  readonly seed?: number;
};

export function velanChat({ train, test, seed = 0 }: VelanChatSize): VelanChat {
  const draw = chance(`velan chat/train/${seed}`);
  const testing = chance("velan chat/test");
  const share = Math.ceil(train / chatFamilies.length);
  const learnt: ChatItem[] = [];
  const tested: ChatItem[] = [];
  for (const family of chatFamilies) {
    const own = all().filter((each) => each.family === family);
    // What the English test asks is not trained on either.
    const open = own.filter((each) => !each.heldItem && !each.heldWording && !each.reserved);
    learnt.push(...draw.shuffled(open).slice(0, share).map(item));
    for (const heldWording of [false, true]) {
      const held = own.filter((each) => each.heldItem && each.heldWording === heldWording);
      tested.push(
        ...testing
          .shuffled(held)
          .slice(0, Math.ceil(test / 2))
          .map(item),
      );
    }
  }
  return { train: draw.shuffled(learnt).slice(0, train), test: testing.shuffled(tested) };
}

const englishFamilies = ["fact", "follow-up", "word", "arithmetic", "list", "talk", "harmful", "benign", "rewriting"];
const englishIngredients = mixture.filter(({ name }) => englishFamilies.includes(name));

/**
 * English prompts of all families, equally often, as a public list of instructions would have them. None of them is asked in
 * an English test. They may be about what the chat in Velan holds out: whether a model can say in Velan what it is kept
 * to know in English is what that chat tests.
 */
export function englishPrompts(count: number, seed = 0): (readonly Message[])[] {
  const draw = chance(`english prompts/${seed}`);
  const found = new Map<string, readonly Message[]>();
  while (found.size < count) {
    const { prompt } = draw.pick(englishIngredients).draw(draw);
    found.set(JSON.stringify(prompt), prompt);
  }
  return [...found.values()];
}

/**
 * Orders to rewrite a sentence. Of these there is no end, and no two have much in common, so a model that learns them has
 * to translate what it is asked, where the few hundred questions of the other families could be learnt by heart.
 */
export function velanSentenceChats(count: number, seed = 0): ChatItem[] {
  const draw = chance(`velan sentence chat/${seed}`);
  return Array.from({ length: count }, () => {
    const sentence = sentenceFor(draw, "training");
    const { order, result } = draw.pick(rewritings(sentence));
    return {
      family: "sentence",
      question: `${velanOrder(order)}: ${velan(sentence)}`,
      answer: velan(result),
      sourceQuestion: `${order}: ${english(sentence)}`,
      sourceAnswer: english(result),
      heldWording: false,
    };
  });
}

/** Parallel text of talk: the questions and answers of the items by themselves, in both directions. */
export function velanTalkPairs(items: readonly ChatItem[], seed = 0): Pair[] {
  const draw = chance(`velan talk/${seed}`);
  const sides = items.flatMap(({ question, answer, sourceQuestion, sourceAnswer }) => [
    { english: sourceQuestion, foreign: question },
    { english: sourceAnswer, foreign: answer },
  ]);
  return sides.flatMap((side) => [pairOf(draw, side, "velan", "into"), pairOf(draw, side, "velan", "from")]);
}

/** A dictionary: every word that sentences and talk are made of, and all names, which are their own; in both directions. */
export function velanDictionary(): Pair[] {
  const draw = chance("velan dictionary");
  const names = [...personNames, ...countries, ...capitals, ...rivers].map((name) => [name, name] as const);
  return [...velanWords, ...names].flatMap(([english, foreign]) => [
    pairOf(draw, { english, foreign }, "velan", "into"),
    pairOf(draw, { english, foreign }, "velan", "from"),
  ]);
}

/** Text of Velan alone, as a crawl would have it: half sentences, half talk out of the questions that training may show. */
export function velanReading(count: number, chats: readonly ChatItem[], seed = 0): string[] {
  const draw: Chance = chance(`velan reading/${seed}`);
  const spoken = chats.flatMap(({ question, answer }) => [question, answer]);
  return Array.from({ length: count }, (_, index) =>
    index % 2 === 0 || spoken.length === 0 ? velan(sentenceFor(draw, "training")) : draw.pick(spoken),
  );
}
