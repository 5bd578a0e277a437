/** Conversations with a model, for reading: what it answers to each turn, how sure it was of each token, and whether it refused. */
import type { ChatModel, Sampling } from "../contracts.ts";
import type { TokenLogProbability } from "../model/chat-model.ts";
import type { Message, Sample } from "../types.ts";
import { isLocal } from "./answers.ts";
import type { RefusalList } from "./refusal/lists.ts";
import { findRefusal, type Refusal } from "./refusal/phrases.ts";

export type ConversationOptions = Sampling & {
  readonly system?: string;
  /** Of an answer. */
  readonly maxTokens?: number;
  readonly lists?: readonly RefusalList[];
  /** Of the progress. */
  readonly label?: string;
};

export type AnsweredTurn = {
  readonly user: string;
  readonly answer: string;
  readonly cutOff: boolean;
  readonly refusal: Refusal | undefined;
  /** The tokens of the answer; undefined of a model that is not computed here. */
  readonly tokens: readonly TokenLogProbability[] | undefined;
};

/**
 * The model answers one turn after the other, and each answer is in the context of the next.
 * @param turns of the user
 */
export async function converse(
  model: ChatModel,
  turns: readonly string[],
  { system, maxTokens = 128, lists = [], label, ...sampling }: ConversationOptions = {},
): Promise<AnsweredTurn[]> {
  const messages: Message[] = system === undefined ? [] : [{ role: "system", content: system }];
  const answered: AnsweredTurn[] = [];
  for (const user of turns) {
    messages.push({ role: "user", content: user });
    const prompt = [...messages];
    const options = { ...sampling, maxTokens, ...(label !== undefined && { label }) };
    const [completion] = await model.generate([{ messages: prompt }], options);
    const { text: answer, ended } = completion!;
    const tokens = isLocal(model) ? (await model.logProbabilities([sampleOf(prompt, answer)]))[0]! : undefined;
    answered.push({ user, answer, cutOff: !ended, refusal: findRefusal(answer, lists), tokens });
    messages.push({ role: "assistant", content: answer });
  }
  return answered;
}

function sampleOf(prompt: readonly Message[], answer: string): Sample {
  return { prompt, segments: [{ role: "answer", origin: "base", text: answer, weight: 1 }], endTurn: false };
}
