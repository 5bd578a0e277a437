/**
 * Negative log-likelihood (NLL) of each target token under teacher forcing, in nats. Training, the forgetting measures and the
 * public `.nll` all use `tokenNll`.
 */
import * as tf from "@tensorflow/tfjs";
import { crossEntropy } from "../device/functions.ts";
import { host } from "../host.ts";
import type { Adapter } from "./adapter.ts";
import { type Decoder, type ForwardOptions, forward, head } from "./decoder.ts";
import type { EncodedSample } from "./encoded-sample.ts";
import { requireFinite } from "./not-finite.ts";
import { requirePositions } from "./positions.ts";
import { layOut, type TargetBatch } from "./target-rows.ts";

const rowsPerBatch = 64;

/** −ln p of each target of a batch, `[targets]`. Call it inside `tf.tidy` or a gradient. */
export function tokenNll(decoder: Decoder, adapter: Adapter | undefined, batch: TargetBatch): tf.Tensor {
  return nllOf(decoder, adapter, targetHidden(decoder, adapter, batch), batch);
}

/** The same from the hidden states `[targets, width]`, for a caller that needs them too. */
export function nllOf(
  decoder: Decoder,
  adapter: Adapter | undefined,
  hidden: tf.Tensor,
  { targets }: TargetBatch,
): tf.Tensor {
  return crossEntropy(hidden, head(decoder, adapter), tf.tensor1d(targets, "int32"));
}

/**
 * The hidden states from which the output layer predicts the targets, `[targets, width]`. Call it inside `tf.tidy` or a gradient.
 * @param places of some of the targets in `[rows · time]`; all by default
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

/**
 * ln p of the targets of each sample, in order. Segment weights have no effect on it.
 * @throws if a sample is longer than the model can read, or the model computes NaN
 */
export async function targetLogProbabilities(
  decoder: Decoder,
  adapter: Adapter | undefined,
  samples: readonly EncodedSample[],
): Promise<number[][]> {
  requirePositions(
    decoder.config,
    samples.map(({ ids }) => ids),
    "samples",
  );
  const logProbabilities: number[][] = samples.map(() => []);
  const order = [...samples.keys()].sort((a, b) => samples[a]!.ids.length - samples[b]!.ids.length || a - b);
  for (let done = 0; done < order.length; done += rowsPerBatch) {
    await host().breathe();
    const chosen = order.slice(done, done + rowsPerBatch);
    const batch = layOut(chosen.map((index) => samples[index]!));
    const nll = tf.tidy(() => tokenNll(decoder, adapter, batch));
    const values = await nll.data();
    nll.dispose();
    let sum = 0;
    for (const value of values) sum += value;
    requireFinite(sum);
    for (const [at, value] of values.entries()) logProbabilities[chosen[batch.samples[at]!]!]!.push(-value);
  }
  return logProbabilities;
}
