/**
 * Reads TransLLM's published form of training data: a list of `{"id", "conversations": [{"from": "human", "value"}, {"from": "gpt",
 * "value"}]}`, where the answer is a chain `<EN> … <RESPONSE> … <TH> …` or an answer `<RESPONSE> …`.
 */
import { type ChatOptions, chatFile } from "../../data/chat-file.ts";
import type { BadRow } from "../../data/reading.ts";
import type { BilingualChat, OwnAnswer } from "./samples.ts";
import { type ChainTokens, newTokens } from "./tokens.ts";
import { parseTurn } from "./turns.ts";

export type ChainFile = {
  /** Complete chains. */
  readonly chats: readonly BilingualChat[];
  /** Answers in the source language. */
  readonly recovery: readonly OwnAnswer[];
  /** Rows that cannot be read. */
  readonly bad: readonly BadRow[];
  /** Conversations that are neither a chain of one question nor an answer in the source language. */
  readonly others: number;
};

/** @throws if the file is not a list of conversations, or if no conversation has the tokens; the message names the tokens */
export async function chainFile(path: string, tokens: ChainTokens, options: ChatOptions = {}): Promise<ChainFile> {
  const { items, bad } = await chatFile(path, { form: "sharegpt", ...options });
  const chats: BilingualChat[] = [];
  const recovery: OwnAnswer[] = [];
  for (const conversation of items) {
    const prompt = conversation.slice(0, -1);
    const { answer, sourceQuestion, sourceAnswer } = parseTurn(tokens, conversation.at(-1)!.content);
    const questions = prompt.filter(({ role }) => role === "user");
    if (sourceQuestion === undefined && sourceAnswer !== undefined)
      recovery.push({ prompt, text: sourceAnswer, ended: true });
    else if (
      sourceQuestion !== undefined &&
      sourceAnswer !== undefined &&
      answer !== sourceAnswer &&
      questions.length === 1
    )
      chats.push({ question: questions[0]!.content, sourceQuestion, sourceAnswer, answer });
  }
  const others = items.length - chats.length - recovery.length;
  if (items.length > 0 && others === items.length)
    throw new Error(
      `${path} has no chains: no answer begins with ${newTokens(tokens).join(", ")} in this order, or with ${tokens.response}.`,
    );
  return { chats, recovery, bad, others };
}
