/** Chat in a language of the embedded world that its model has never chatted in, with what a method needs to learn it. */

import { host } from "../host.ts";
import type { Message, Pair } from "../types.ts";
import {
  type ChatItem,
  englishPrompts,
  velanChat,
  velanDictionary,
  velanReading,
  velanSentenceChats,
  velanTalkPairs,
} from "./velan-chat/velan-chat.ts";
import { velanTalk } from "./velan-chat/velan-talk.ts";

export type ChatsOptions = {
  /** Questions to learn from, with answers in both languages. */
  readonly train: number;
  /** Orders to rewrite a sentence, to learn from beside the questions. */
  readonly sentences: number;
  /** Held-out questions of each family. */
  readonly test: number;
  /** English prompts of all kinds, without answers. */
  readonly prompts: number;
  /** Texts of the language alone. */
  readonly texts: number;
};

export type Chats = {
  readonly train: ChatItem[];
  /** Held-out questions, and harmful requests; the same for every seed. */
  readonly test: ChatItem[];
  /** The questions and answers to learn from as parallel text: nothing in it tells which answer belongs to which question. */
  readonly pairs: Pair[];
  /** Words of the language beside the English, in both directions. */
  readonly dictionary: Pair[];
  readonly prompts: (readonly Message[])[];
  readonly texts: string[];
  /** Translates English talk, and the sentences that the orders ask for; undefined for all other English. */
  readonly translate: (english: string) => string | undefined;
};

/**
 * The notebook's seed chooses what is learnt.
 * @throws if the world has no chat in such a language
 */
export async function chats(
  language: string,
  { train, sentences, test, prompts, texts }: ChatsOptions,
): Promise<Chats> {
  if (language !== "velan") throw new Error(`There is no chat in "${language}"; the embedded world has it in velan.`);
  const { seed } = host();
  const items = velanChat({ train, test, seed });
  const rewriting = velanSentenceChats(sentences, seed);
  const sentence = new Map(rewriting.map(({ sourceAnswer, answer }) => [sourceAnswer, answer]));
  return {
    train: [...items.train, ...rewriting],
    test: items.test,
    pairs: velanTalkPairs([...items.train, ...rewriting], seed),
    dictionary: velanDictionary(),
    prompts: englishPrompts(prompts, seed),
    texts: velanReading(texts, items.train, seed),
    translate: (english) => velanTalk(english)?.velan ?? sentence.get(english),
  };
}
