/**
 * A conversation of several turns with a TransLLM. It was trained on single turns, so earlier turns are given to it in
 * the source language, which the base understands best.
 */
import type { ChatModel } from "../../contracts.ts";
import type { Message } from "../../types.ts";
import { chainTurns, type GeneratedTurn } from "./final-answers.ts";
import { sourceHistory } from "./samples.ts";
import type { ChainTokens } from "./tokens.ts";

export type Conversation = {
  /** Asks a question in either language. */
  say(question: string): Promise<GeneratedTurn>;
  /** Earlier questions and answers as the model sees them: in the source language if the turn contained them. */
  readonly history: readonly Message[];
};

/** @param maxTokens of an answer. Default: 64 */
export function conversation(model: ChatModel, tokens: ChainTokens, { maxTokens = 64 } = {}): Conversation {
  const history: Message[] = [];
  return {
    history,
    async say(question) {
      const messages = [...sourceHistory(tokens, history), { role: "user", content: question } as const];
      const [turn] = await chainTurns(model, tokens, [{ messages }], { maxTokens });
      const { sourceQuestion = question, sourceAnswer = turn!.answer } = turn!;
      history.push({ role: "user", content: sourceQuestion }, { role: "assistant", content: sourceAnswer });
      return turn!;
    },
  };
}
