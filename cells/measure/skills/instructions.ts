/**
 * How the tests of translation skills ask the model: each instruction is a single turn, and the first line of the answer counts,
 * as in `translate`. The skills are to keep a register, to use the context of a document, and to translate an idiom by its
 * sense. Models have them before fine-tuning and lose them when they are fine-tuned on single sentences, while the scores of
 * single sentences rise (Stap et al. 2024, https://arxiv.org/abs/2405.20089).
 */
import type { ChatModel } from "../../contracts.ts";
import { firstLine } from "../translation/translation.ts";

/** Language names as the instruction should have them. */
export type LanguagePair = { readonly from: string; readonly to: string };

/** Most tokens of the answer to an instruction with one sentence. */
export const sentenceTokens = 128;

/** The first line of each answer. */
export async function firstLines(
  model: ChatModel,
  instructions: readonly string[],
  { maxTokens = sentenceTokens, label }: { readonly maxTokens?: number; readonly label: string },
): Promise<string[]> {
  const prompts = instructions.map((content) => ({ messages: [{ role: "user", content } as const] }));
  const answers = await model.generate(prompts, { maxTokens, label });
  return answers.map(({ text }) => firstLine(text));
}

/** How phrases are searched for in a text: `words` matches whole words, `unspaced` matches anywhere, for languages without spaces. */
export type Writing = "words" | "unspaced";
