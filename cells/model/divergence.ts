/**
 * KL(base ‖ tuned) over the full vocabulary at target tokens: how far training has moved the model's predictions. As a term of the
 * loss it limits this change; as a measure it reports it. Only the logits of some rows are in memory at a time, and the backward
 * pass computes them again.
 */
import * as tf from "@tensorflow/tfjs";
import type { ChatModel } from "../contracts.ts";
import { host } from "../host.ts";
import type { Sample } from "../types.ts";
import { disposeAdapter, holdAdapter } from "./adapter.ts";
import type { LocalModel } from "./chat-model.ts";
import { head } from "./decoder.ts";
import type { EncodedSample } from "./encoded-sample.ts";
import { encodeSample } from "./encoding.ts";
import { targetHidden } from "./nll.ts";
import { requireFinite } from "./not-finite.ts";
import { layOut } from "./target-rows.ts";

/** Hidden states after the last norm, `[n, width]`, and the weights of the output layer, `[vocabulary, width]`. */
export type Predictions = { readonly hidden: tf.Tensor; readonly head: tf.Tensor };

/** A batch has at most this many rows, and this many tokens with its padding. */
const MOST_ROWS = 64;
const MOST_TOKENS = 4096;

/**
 * Σ_v p_base(v)·(ln p_base(v) − ln p_tuned(v)) for each row, `[n]` in nats. Differentiable with respect to the tuned hidden states,
 * and to the tuned output layer if it is not the base's.
 */
export function tokenDivergence(base: Predictions, tuned: Predictions): tf.Tensor {
  const trainsHead = tuned.head !== base.head;
  const divergence = tf.customGrad((...given: (tf.Tensor | tf.GradSaveFunc)[]) => {
    const [own, save] = [{ hidden: given[0] as tf.Tensor, head: tuned.head }, given.at(-1) as tf.GradSaveFunc];
    save([own.hidden, base.hidden]);
    return {
      value: tf.concat(overRows(base, own, ({ was, is }) => tf.sum(tf.mul(tf.exp(was), tf.sub(was, is)), 1))),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const [hidden, baseHidden] = saved as [tf.Tensor, tf.Tensor];
        const again = { hidden, head: tuned.head };
        // d KL / d logits = p_tuned − p_base.
        const parts = overRows({ ...base, hidden: baseHidden }, again, ({ was, is, from, rows }) => {
          const slope = tf.mul(tf.sub(tf.exp(is), tf.exp(was)), tf.reshape(tf.slice(dy, from, rows), [rows, 1]));
          const back = tf.matMul(slope as tf.Tensor2D, again.head as tf.Tensor2D);
          if (!trainsHead) return [back];
          const read = tf.slice(hidden as tf.Tensor2D, [from, 0], [rows, -1]);
          return [back, tf.matMul(slope as tf.Tensor2D, read, true, false)];
        });
        const hiddenGradient = tf.concat(parts.map(([back]) => back!));
        return trainsHead ? [hiddenGradient, tf.addN(parts.map(([, table]) => table!))] : hiddenGradient;
      },
    };
  });
  return trainsHead ? divergence(tuned.hidden, tuned.head) : divergence(tuned.hidden);
}

type Part = { readonly was: tf.Tensor; readonly is: tf.Tensor; readonly from: number; readonly rows: number };

/** Calls `use` with the log-probabilities of some rows at a time, about 16 MB for each model. */
function overRows<T extends tf.Tensor | tf.Tensor[]>(
  base: Predictions,
  tuned: Predictions,
  use: (part: Part) => T,
): T[] {
  const [count, vocabulary] = [base.hidden.shape[0]!, base.head.shape[0]!];
  const most = Math.max(64, Math.floor(2 ** 22 / vocabulary));
  return Array.from({ length: Math.ceil(count / most) }, (_, part) =>
    tf.tidy(() => {
      const from = part * most;
      const rows = Math.min(most, count - from);
      const logOf = ({ hidden, head }: Predictions): tf.Tensor => {
        const read = tf.slice(hidden as tf.Tensor2D, [from, 0], [rows, -1]);
        const logits = tf.matMul(read, head as tf.Tensor2D, false, true);
        return tf.sub(logits, tf.logSumExp(logits, 1, true));
      };
      return use({ was: logOf(base), is: logOf(tuned), from, rows });
    }),
  );
}

/**
 * Mean KL(base ‖ tuned) in nats per target token, over the samples' segments with a weight other than 0.
 * @param maxLength what is after so many tokens of a sample is left out
 * @throws if one of the models is not computed here, their vocabularies differ, or nothing is left
 */
export async function meanDivergence(
  base: ChatModel,
  tuned: ChatModel,
  samples: readonly Sample[],
  maxLength = Number.POSITIVE_INFINITY,
): Promise<number> {
  const [before, after] = [localModel(base), localModel(tuned)];
  const encoded = samples.map((sample) => cut(encodeSample(before.tokenizer, sample), maxLength));
  encoded.sort((a, b) => a.ids.length - b.ids.length);
  // A training may go on meanwhile; the weights of this moment are used.
  const held = [before, after].map(({ decoder, adapter }) => ({ decoder, adapter: adapter && holdAdapter(adapter) }));
  let [sum, count] = [0, 0];
  try {
    for (const rows of batches(encoded)) {
      await host().breathe();
      const batch = layOut(rows);
      if (batch.targets.length === 0) continue;
      const kl = tf.tidy(() => {
        const [was, is] = held.map(({ decoder, adapter }) => ({
          hidden: targetHidden(decoder, adapter, batch),
          head: head(decoder, adapter),
        })) as [Predictions, Predictions];
        requireOneVocabulary(was, is);
        return tokenDivergence(was, is);
      });
      for (const value of await kl.data()) sum += value;
      count += kl.size;
      kl.dispose();
    }
  } finally {
    for (const { adapter } of held) if (adapter) disposeAdapter(adapter);
  }
  requireFinite(sum);
  if (count === 0) throw new Error(`The samples have no target within their first ${maxLength} tokens.`);
  return sum / count;
}

function cut({ ids, spans }: EncodedSample, length: number): EncodedSample {
  if (ids.length <= length) return { ids, spans };
  const within = spans.filter(({ from }) => from < length).map((span) => ({ ...span, to: Math.min(span.to, length) }));
  return { ids: ids.slice(0, length), spans: within };
}

/** @param sorted by length, so that the last sample of a batch is its longest */
function batches(sorted: readonly EncodedSample[]): EncodedSample[][] {
  const found: EncodedSample[][] = [];
  for (const sample of sorted) {
    const open = found.at(-1);
    if (open && open.length < MOST_ROWS && (open.length + 1) * sample.ids.length <= MOST_TOKENS) open.push(sample);
    else found.push([sample]);
  }
  return found;
}

function requireOneVocabulary(base: Predictions, tuned: Predictions): void {
  const [baseTokens, tunedTokens] = [base.head.shape[0]!, tuned.head.shape[0]!];
  if (baseTokens === tunedTokens) return;
  throw new Error(
    `The base has ${baseTokens} tokens and the tuned model ${tunedTokens}, so their predictions cannot be compared. ` +
      "Compare with the base that has the same added tokens.",
  );
}

function localModel(model: ChatModel): LocalModel {
  if ("decoder" in model && "tokenizer" in model) return model as LocalModel;
  throw new Error(`KL needs a model that Palimpsest computes itself; of ${model.name} only the texts are known.`);
}
