/**
 * Merges an adapter into a model: adapted layers become W + scale·B·A, fully trained modules replace the base's. Only changed
 * weights take new memory, and the base itself does not change. `unmergeAdapter` removes an adapter from a model into which it was
 * merged elsewhere; its result is exact up to rounding.
 */
import * as tf from "@tensorflow/tfjs";
import { host } from "../host.ts";
import { type Adapter, adapterVocabulary, disposeAdapter, fullyTrainedName, holdAdapter, loraPair } from "./adapter.ts";
import { type BaseModel, baseModel, type LocalModel } from "./chat-model.ts";
import { type Decoder, head, prepared } from "./decoder.ts";
import { modelDigest } from "./model-digest.ts";
import { changesTables } from "./tables.ts";

/** A decoder that gives the results of the base with the adapter. `made` are the tensors that it does not share with the base. */
export function mergeAdapter(base: Decoder, adapter: Adapter): { decoder: Decoder; made: tf.Tensor[] } {
  const whole = prepared(base, holdAdapter(adapter));
  try {
    return combined(base, whole, 1);
  } finally {
    disposeAdapter(whole);
  }
}

/** The opposite of `mergeAdapter`. @throws if the adapter has fully trained modules: the weights that they replaced are not known. */
export function unmergeAdapter(merged: Decoder, adapter: Adapter): { decoder: Decoder; made: tf.Tensor[] } {
  const replaced = [...merged.weights.keys()].filter((name) => adapter.tensors.has(fullyTrainedName(name)));
  if (replaced.length > 0)
    throw new Error(
      `${replaced.join(", ")} cannot be unmerged: the adapter replaced them completely. Load the base again to get them back.`,
    );
  if (changesTables(adapter))
    throw new Error(
      "An adapter that changes the embedding table or the output layer cannot be unmerged. Load the base again.",
    );
  return combined(merged, adapter, -1);
}

function combined(base: Decoder, adapter: Adapter, sign: 1 | -1): { decoder: Decoder; made: tf.Tensor[] } {
  const weights = new Map(base.weights);
  const made: tf.Tensor[] = [];
  const put = (name: string, tensor: tf.Tensor): void => {
    made.push(tensor);
    weights.set(name, tensor);
  };
  for (const [name, weight] of base.weights) {
    const fullyTrained = adapter.tensors.get(fullyTrainedName(name));
    const pair = name.endsWith(".weight") ? loraPair(adapter, name.slice(0, -".weight".length)) : undefined;
    if (fullyTrained) put(name, fullyTrained.clone());
    else if (pair) {
      const { a, b, scale } = pair;
      put(
        name,
        tf.tidy(() => tf.add(weight, tf.mul(tf.matMul(b as tf.Tensor2D, a as tf.Tensor2D), sign * scale))),
      );
    }
  }
  const vocabulary = adapterVocabulary(adapter) ?? base.config.vocabulary;
  const ownHead = adapter.tensors.has(fullyTrainedName("lm_head.weight")) || !adapter.tied;
  const tied = base.config.tied && !ownHead;
  if (base.config.tied && !tied) put("lm_head.weight", head(base, adapter).clone());
  return { decoder: { ...base, config: { ...base.config, vocabulary, tied }, weights }, made };
}

/** A new base that answers as `tuned` does now, a little faster. Its new weights are freed when the calling cell's generation ends. */
export async function merged(base: BaseModel, tuned: LocalModel): Promise<BaseModel> {
  const { adapter, tokenizer } = tuned;
  if (!adapter) return base;
  const { decoder, made } = mergeAdapter(base.decoder, adapter);
  host().onDispose(() => tf.dispose(made));
  const digest = await modelDigest({ ...base, adapter });
  return baseModel({ name: `${base.name} merged`, digest, decoder, tokenizer });
}
