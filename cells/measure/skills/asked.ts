/**
 * How the probes of translation skills ask: one line of answer to a filled-in instruction, as `translate` takes it. Three skills that
 * models bring along and that fine-tuning on single sentences takes from them (Stap et al. 2024,
 * https://arxiv.org/abs/2405.20089), though the scores of single sentences rise: to keep a register, to use a document, and
 * to render an idiom by its sense.
 */
import type { ChatModel } from "../../contracts.ts";
import { firstLine } from "../translation/translation.ts";

export type Direction = { readonly from: string; readonly to: string };

/** `{from}`, `{to}`, `{source}` and whatever else is given. */
export const filledIn = (template: string, values: Readonly<Record<string, string>>): string =>
  template.replace(/\{([a-z]+)\}/g, (place, name: string) => (Object.hasOwn(values, name) ? values[name]! : place));

/** The first line of each answer. @param tokens most tokens of an answer */
export async function linesFor(
  model: ChatModel,
  instructions: readonly string[],
  tokens: number,
  label: string,
): Promise<string[]> {
  const prompts = instructions.map((content) => ({ messages: [{ role: "user", content } as const] }));
  const answers = await model.generate(prompts, { maxTokens: tokens, label });
  return answers.map(({ text }) => firstLine(text));
}

/** `unspaced`: a language written without spaces, in which phrases are looked for anywhere rather than as whole words. */
export type Writing = "words" | "unspaced";
