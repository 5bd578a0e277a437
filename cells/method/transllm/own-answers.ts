/**
 * Recovery distillation: the frozen base answers questions in its own language, and its answers become targets. They
 * reflect its present knowledge and style, so learning them preserves both; answers of another model would teach a new
 * behaviour. The same answers, translated, complete the chains. The translator may be a service or, in the embedded
 * world, a rule.
 */
import type { ChatModel } from "../../contracts.ts";
import type { Message } from "../../types.ts";
import { Writing } from "../writing.ts";
import type { BilingualChat, OwnAnswer } from "./samples.ts";

/** The base's answers by greedy decoding, cached in the workspace while they are written. @param maxTokens of an answer. Default: 80 */
export async function ownAnswers(
  base: ChatModel,
  prompts: readonly (readonly Message[])[],
  { maxTokens = 80 }: { readonly maxTokens?: number } = {},
): Promise<OwnAnswer[]> {
  const writing = new Writing({
    model: base,
    prompts: prompts.map((messages) => ({ messages })),
    options: { maxTokens },
    label: "Writing own answers",
    step: "own-answers",
  });
  const written = await writing.all();
  return prompts.map((prompt, index) => {
    const { text, ended } = written[index]!;
    return { prompt, text, ended };
  });
}

/**
 * The chats with the base's own answers instead of the given ones, in both languages.
 * @param translate returns undefined if it cannot translate a text
 * @returns without the chats whose answer was cut off or cannot be translated
 */
export async function ownChats<C extends BilingualChat>(
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
