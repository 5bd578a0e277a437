/** Data to teach chat in Velan, a language in which the world's model has never chatted, and to test it. */
import { host } from "../host.ts";
import type { Message, Pair } from "../types.ts";
import { englishPrompts } from "./english-prompts.ts";
import { type ChatItem, velanChat, velanSentenceChats } from "./velan-chat/velan-chat.ts";
import { velanTalk } from "./velan-chat/velan-talk.ts";
import { velanDictionary, velanReading, velanTalkPairs } from "./velan-chat/velan-texts.ts";

export type ChatsOptions = {
  /** Training questions, with answers in both languages. */
  readonly train: number;
  /** Training instructions to rewrite a sentence, in addition to the questions. */
  readonly sentences: number;
  /** Held-out questions per family. */
  readonly test: number;
  /** English prompts of all kinds, without answers. */
  readonly prompts: number;
  /** Velan texts without translation. */
  readonly texts: number;
};

export type Chats = {
  readonly train: ChatItem[];
  /** Held-out questions and harmful requests; the same for every seed. */
  readonly test: ChatItem[];
  /** The training questions and answers as parallel text, which does not say which answer belongs to which question. */
  readonly pairs: Pair[];
  /** English and Velan words, in both directions. */
  readonly dictionary: Pair[];
  readonly prompts: (readonly Message[])[];
  readonly texts: string[];
  /** Translates the English of questions, answers and rewritten sentences into Velan; undefined for all other English. */
  readonly translate: (english: string) => string | undefined;
};

/**
 * The notebook's seed decides which chats are in the training data.
 * @throws if the language is not Velan
 */
export async function chats(
  language: string,
  { train, sentences, test, prompts, texts }: ChatsOptions,
): Promise<Chats> {
  if (language !== "velan")
    throw new Error(`The world has no chats in "${language}". Its only language with chats is "velan".`);
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
