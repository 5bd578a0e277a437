/**
 * Recovery distillation: the frozen base answers questions of its own language, and its answers become targets. They carry
 * the knowledge and the manner that it has already, so learning them leads back to it, where a stranger's answers would teach
 * new behaviour. Translated, the same answers are the other half of the chains: the translator may be a service or, in
 * the embedded world, a rule.
 */

import { cache } from "../../cache/cache.ts";
import type { ChatModel } from "../../contracts.ts";
import type { Message } from "../../types.ts";
import type { Chat, OwnAnswer } from "./samples.ts";

/** Greedy answers of the base, at most `maxTokens` long; asked once and kept in the workspace. */
export async function ownAnswers(
  base: ChatModel,
  prompts: readonly (readonly Message[])[],
  { maxTokens = 80 }: { readonly maxTokens?: number } = {},
): Promise<OwnAnswer[]> {
  const written = await cache("own-answers", { base: base.digest, prompts, maxTokens }, async () => {
    const answers = await base.generate(
      prompts.map((messages) => ({ messages })),
      { maxTokens, label: "own answers" },
    );
    return answers.map(({ text, ended }) => ({ text, ended }));
  });
  return prompts.map((prompt, index) => ({ prompt, ...written[index]! }));
}

/**
 * The chats with the base's own answers in the place of the expected ones, both sides of them.
 * @param translate gives undefined for what it cannot translate; such chats, and those whose answer was cut off, are left out
 */
export async function ownChats<C extends Chat>(
  base: ChatModel,
  chats: readonly C[],
  translate: (text: string) => string | undefined,
): Promise<C[]> {
  const own = await ownAnswers(
    base,
    chats.map(({ sourceQuestion }) => [{ role: "user", content: sourceQuestion }]),
  );
  return chats.flatMap((chat, index) => {
    const { text, ended } = own[index]!;
    const answer = ended ? translate(text) : undefined;
    return answer === undefined ? [] : [{ ...chat, sourceAnswer: text, answer }];
  });
}
