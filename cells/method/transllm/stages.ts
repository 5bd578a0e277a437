/**
 * The three stages of TransLLM, each a method for `train`: pre-training on text in the target language, pre-training on
 * translations, and transfer fine-tuning on chats. Each stage continues with the adapter of the one before:
 * `train(base, { …, from: run })`. The new tokens have no meaning at first, so embeddings and output layer are trained
 * with the adapter: `lora({ rank, whole: ["embed_tokens", "lm_head"] })`.
 *
 * The loss of all stages is the mean NLL over all target tokens of a step.
 */
import type { Method } from "../../contracts.ts";
import type { Pair, Sample } from "../../types.ts";
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
};

/**
 * Stage 3, transfer fine-tuning: chats, recovery distillation and translations, mixed in proportion to their numbers.
 */
export const transferFinetuning = (
  tokens: ChainTokens,
  { chats, chain = true, recovery, pairs }: TransferData,
): Method =>
  stage(
    "transfer-finetuning",
    [
      ...chats.map((chat) => (chain ? chainSample : directSample)(tokens, chat)),
      ...recovery.map((answer) => recoverySample(tokens, answer)),
      ...pairs.map((pair) => translationSample(tokens, pair)),
    ],
    { chats: chats.length, chain, recovery: recovery.length, pairs: pairs.length, tokens: newTokens(tokens) },
  );
