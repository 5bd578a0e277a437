/**
 * How measures ask a model: greedy answers with a maximum number of tokens. An answer that reaches the limit is marked as cut off, and
 * measures report the share of such answers, because their scores say little about the model.
 */
import type { BeamOptions, ChatModel, Prompt } from "../contracts.ts";
import type { LocalModel } from "../model/chat-model.ts";
import { log2, pow } from "../portable-math.ts";
import { groupBy } from "./groups.ts";

/** `cutOff`: the limit ended the answer, and not the model. */
export type Answer = { readonly text: string; readonly cutOff: boolean };

export type AnswerLimit = {
  /** Maximum number of tokens of an answer. */
  readonly maxTokens?: number;
};

export type AskOptions = {
  /** For all prompts, or for each of them. */
  readonly maxTokens: number | readonly number[];
  readonly label: string;
  /** Texts that end an answer. */
  readonly stop?: readonly string[];
} & BeamOptions;

/** The answers in the order of the prompts. Prompts with the same limit are asked together. */
export async function ask(
  model: ChatModel,
  prompts: readonly Prompt[],
  { maxTokens, ...options }: AskOptions,
): Promise<Answer[]> {
  const limitOf = (i: number): number => (typeof maxTokens === "number" ? maxTokens : maxTokens[i]!);
  const byLimit = groupBy(prompts.keys(), limitOf);
  const answers: Answer[] = [];
  for (const [limit, numbers] of byLimit) {
    const asked = numbers.map((i) => prompts[i]!);
    const completions = await model.generate(asked, { maxTokens: limit, ...options });
    for (const [at, i] of numbers.entries()) {
      const { text, ended } = completions[at]!;
      answers[i] = { text, cutOff: !ended };
    }
  }
  return answers;
}

/** The share of answers that were cut off, from 0 to 1; 0 if there are none. */
export const cutOffShare = (answers: readonly { readonly cutOff: boolean }[]): number =>
  answers.filter(({ cutOff }) => cutOff).length / Math.max(1, answers.length);

/**
 * A limit for each translation by the length of its source: six times the source's tokens and at least 64, rounded up to a power of two
 * so that many sources share a limit, and never beyond the model's positions. Without the model's tokenizer, each UTF-8 byte of the
 * source counts as a token, which is more than any tokenizer needs.
 */
export function limitsBySource(model: ChatModel, prompts: readonly Prompt[], sources: readonly string[]): number[] {
  const local = isLocal(model) ? model : undefined;
  const tokens = (text: string): number =>
    local?.tokenizer.encode(text).length ?? new TextEncoder().encode(text).length;
  return prompts.map(({ messages }, i) => {
    const wanted = pow(2, Math.ceil(log2(Math.max(64, 6 * tokens(sources[i]!)))));
    if (!local) return wanted;
    return Math.max(0, Math.min(wanted, local.decoder.config.positions - tokens(local.tokenizer.render(messages))));
  });
}

/** Whether the model is computed here, so that its tokens and their probabilities are known. */
export const isLocal = (model: ChatModel): model is LocalModel => "tokenizer" in model && "decoder" in model;

/** Tells the user about answers that were cut off, for functions whose result has no place for their number. */
export function warnOfCutOffs(what: string, answers: readonly { readonly cutOff: boolean }[]): void {
  const count = answers.filter(({ cutOff }) => cutOff).length;
  if (count > 0)
    console.warn(
      `${count} of ${answers.length} ${what} were cut off at the maximum number of tokens. Give a higher maxTokens.`,
    );
}
