/**
 * Teacher-forced likelihood: how surprised the model is by each target token. Training, forgetting in nats and the
 * base's own likelihoods all go through `tokenNll`.
 */
import * as tf from "@tensorflow/tfjs";
import { crossEntropy } from "../device/functions.ts";
import { host } from "../host.ts";
import type { Adapter } from "./adapter.ts";
import { type Decoder, type ForwardOptions, forward, head } from "./decoder.ts";
import type { EncodedSample } from "./encoding.ts";
import { layOut, type TargetBatch } from "./target-rows.ts";

const rowsPerBatch = 64;

/** −ln p of every target of a batch, `[targets]`. Call it within `tf.tidy` or a gradient. */
export function tokenNll(decoder: Decoder, adapter: Adapter | undefined, batch: TargetBatch): tf.Tensor {
  return nllOf(decoder, adapter, targetHidden(decoder, adapter, batch), batch);
}

/** The same from the hidden states, for a caller that needs them as well. */
export function nllOf(
  decoder: Decoder,
  adapter: Adapter | undefined,
  hidden: tf.Tensor,
  { targets }: TargetBatch,
): tf.Tensor {
  return crossEntropy(hidden, head(decoder, adapter), tf.tensor1d(targets, "int32"));
}

/**
 * What the output layer predicts each target from, `[targets, width]`. Call it within `tf.tidy` or a gradient.
 * @param places those of the targets, unless only some are wanted
 */
export function targetHidden(
  decoder: Decoder,
  adapter: Adapter | undefined,
  batch: TargetBatch,
  { places = batch.places, ...options }: Omit<ForwardOptions, "cache" | "places"> & { places?: Int32Array } = {},
): tf.Tensor {
  const shape: [number, number] = [batch.rows, batch.time];
  const tokens = {
    ids: tf.tensor2d(batch.ids, shape, "int32"),
    positions: tf.tensor2d(batch.positions, shape, "int32"),
    segments: tf.tensor2d(batch.segments, shape, "int32"),
  };
  return forward(decoder, adapter, tokens, { ...options, places: tf.tensor1d(places, "int32") });
}

/** ln p of each sample's targets, in their order, in the order of the samples; weights do not count. */
export async function targetLogProbabilities(
  decoder: Decoder,
  adapter: Adapter | undefined,
  samples: readonly EncodedSample[],
): Promise<number[][]> {
  const found: number[][] = samples.map(() => []);
  const order = [...samples.keys()].sort((a, b) => samples[a]!.ids.length - samples[b]!.ids.length || a - b);
  for (let done = 0; done < order.length; done += rowsPerBatch) {
    await host().breathe();
    const chosen = order.slice(done, done + rowsPerBatch);
    const batch = layOut(chosen.map((index) => samples[index]!));
    const nll = tf.tidy(() => tokenNll(decoder, adapter, batch));
    const values = await nll.data();
    nll.dispose();
    for (const [at, value] of values.entries()) found[chosen[batch.samples[at]!]!]!.push(-value);
  }
  return found;
}
