/** What a training starts with: a fresh adapter, or a copy of one that was trained before, by Palimpsest or by PEFT. */
import { type Adapter, freshAdapter, holdAdapter } from "../model/adapter.ts";
import type { BaseModel } from "../model/chat-model.ts";
import { adapterDigest } from "../model/model-digest.ts";
import type { ChatTokenizer } from "../model/tokenizer.ts";
import type { TrainOptions } from "./train-options.ts";

export type StartAdapter = {
  readonly adapter: Adapter;
  /** The adapter's own if it has added tokens, otherwise the base's. */
  readonly tokenizer: ChatTokenizer;
  /** The digest of the weights that a trained adapter had; undefined for a fresh one. */
  readonly origin: Promise<string | undefined>;
};

/**
 * @param random gives numbers from 0 to 1
 * @throws if the given model has no adapter, or has another base
 */
export function startAdapter(
  base: BaseModel,
  { adapter: given, from }: TrainOptions,
  random: () => number,
): StartAdapter {
  if (given === "full" || !("decoder" in given)) {
    const adapter = freshAdapter(base.decoder, given, random);
    return { adapter, tokenizer: base.tokenizer, origin: Promise.resolve(undefined) };
  }
  const { adapter: trained, tokenizer, digest, name } = given;
  if (!trained)
    throw new Error(
      `train(…): the model ${name} in "adapter" has no adapter. Give lora({ rank: 16 }), or loadAdapter(…).`,
    );
  if (digest !== base.digest)
    throw new Error('train(…): the model in "adapter" has another base model. An adapter fits only its own base.');
  if (from)
    throw new Error('train(…): give a trained adapter or "from", not both: each says which weights to start with.');
  // The training replaces its tensors; those of the given model stay.
  const origin = adapterDigest(trained);
  origin.catch(() => {});
  return { adapter: holdAdapter(trained), tokenizer, origin };
}
