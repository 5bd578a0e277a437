/**
 * TransLLM's three stages, each a method for `train`. They train one adapter after another's end
 * (`train(base, { …, from: run })`): first the new language alone, then what its sentences mean, then to chat in it. Of the
 * base nothing but the adapter and, beside it, embeddings and head change: `lora({ rank, modulesToSave: ["embed_tokens",
 * "lm_head"] })`, as the new tokens mean nothing until those are trained.
 *
 * The loss is the plain mean over all target tokens of a step.
 */
import type { Method } from "../../contracts.ts";
import type { Pair, Sample } from "../../types.ts";
import {
  type Chat,
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
  if (samples.length === 0) throw new Error(`The stage "${name}" of TransLLM has nothing to learn from.`);
  return { name, per: "token", samples, weight: () => 1, config, knobs: {} };
}

/** Stage 1, target-language pre-training: text of the new language alone. */
export const reading = (texts: readonly string[]): Method =>
  stage("reading", texts.map(textSample), { texts: texts.length });

/**
 * Stage 2, translation pre-training: parallel text in the directions that the pairs have, and text of the source language alone,
 * which keeps that language in.
 */
export const translating = (tokens: ChainTokens, pairs: readonly Pair[], sourceTexts: readonly string[]): Method =>
  stage(
    "translating",
    [
      ...pairs.map((pair) => parallelSample(tokens, pair)),
      ...sourceTexts.map((text) => textSample(`${tokens.source.token} ${text}`)),
    ],
    { pairs: pairs.length, sourceTexts: sourceTexts.length, tokens: newTokens(tokens) },
  );

export type TransferData = {
  readonly chats: readonly Chat[];
  /** Whether the chats are learnt through the source language. Otherwise the answer follows the question at once. */
  readonly chain?: boolean;
  /** The base's own answers to its own language; none leaves recovery out. */
  readonly recovery: readonly OwnAnswer[];
  readonly pairs: readonly Pair[];
};

/** Stage 3, transfer: chats, recovery and translations, each in the share that its number gives. */
export const transferring = (tokens: ChainTokens, { chats, chain = true, recovery, pairs }: TransferData): Method =>
  stage(
    "transferring",
    [
      ...chats.map((chat) => (chain ? chainSample : directSample)(tokens, chat)),
      ...recovery.map((answer) => recoverySample(tokens, answer)),
      ...pairs.map((pair) => translationSample(tokens, pair)),
    ],
    { chats: chats.length, chain, recovery: recovery.length, pairs: pairs.length, tokens: newTokens(tokens) },
  );
