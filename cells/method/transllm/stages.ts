/**
 * The three stages of TransLLM, each a method for `train`: pre-training on text in the target language, pre-training on
 * translations, and transfer fine-tuning on chats. Each stage continues with the adapter of the one before:
 * `train(base, { …, from: run })`. The new tokens have no meaning at first, so embeddings and output layer are trained
 * with the adapter: `lora({ rank, modulesToSave: ["embed_tokens", "lm_head"] })`.
 *
 * The loss of all stages is the mean NLL over all target tokens of a step.
 */
import type { Method } from "../../contracts.ts";
import type { Pair, Sample } from "../../types.ts";
import { inRatio } from "../in-ratio.ts";
import {
  type BilingualChat,
  chainSample,
  directSample,
  type OwnAnswer,
  parallelSample,
  recoverySample,
  textSample,
  translationSample,
} from "./samples.ts";
import { type ChainTokens, newTokens } from "./tokens.ts";

function stage(name: string, samples: readonly Sample[], config: Method["config"]): Method {
  if (samples.length === 0) throw new Error(`TransLLM's stage "${name}" has no samples to train on.`);
  return { name, per: "token", samples, weight: () => 1, config, knobs: {} };
}

/** Stage 1, target language pre-training: text in the target language. */
export const targetPretraining = (texts: readonly string[]): Method =>
  stage("target-pretraining", texts.map(textSample), { texts: texts.length });

/**
 * Stage 2, translation pre-training: parallel text in the directions of the pairs, and text in the source language, so
 * that the model does not forget it.
 */
export const translationPretraining = (
  tokens: ChainTokens,
  pairs: readonly Pair[],
  sourceTexts: readonly string[],
): Method =>
  stage(
    "translation-pretraining",
    [
      ...pairs.map((pair) => parallelSample(tokens, pair)),
      ...sourceTexts.map((text) => textSample(`${tokens.source.token} ${text}`)),
    ],
    { pairs: pairs.length, sourceTexts: sourceTexts.length, tokens: newTokens(tokens) },
  );

export type TransferData = {
  readonly chats: readonly BilingualChat[];
  /** Whether the chats are learnt as chains; if false, the answer follows the question directly. Default: true. */
  readonly chain?: boolean;
  /** The base's own answers in the source language; an empty list for no recovery distillation. */
  readonly recovery: readonly OwnAnswer[];
  readonly pairs: readonly Pair[];
  /** How much of each part the mixture has, such as `{ chats: 1, recovery: 1, pairs: 2 }`. Default: in proportion to their numbers. */
  readonly ratios?: { readonly chats: number; readonly recovery: number; readonly pairs: number };
};

/** Stage 3, transfer fine-tuning: chats, recovery distillation and translations, in the given ratios. */
export function transferFinetuning(
  tokens: ChainTokens,
  { chats, chain = true, recovery, pairs, ratios }: TransferData,
): Method {
  const parts = [
    chats.map((chat) => (chain ? chainSample : directSample)(tokens, chat)),
    recovery.map((answer) => recoverySample(tokens, answer)),
    pairs.map((pair) => translationSample(tokens, pair)),
  ];
  const samples = ratios ? inRatio(parts, [ratios.chats, ratios.recovery, ratios.pairs]) : parts.flat();
  const counts = { chats: chats.length, chain, recovery: recovery.length, pairs: pairs.length };
  return stage("transfer-finetuning", samples, { ...counts, ...(ratios && { ratios }), tokens: newTokens(tokens) });
}
