/**
 * The rows that are generated together. They are padded on the left, so that all rows write their next token at the same place of
 * the key-value cache. Finished rows leave and new rows join by copying the cache.
 */
import * as tf from "@tensorflow/tfjs";
import { embed } from "../device/functions.ts";
import type { Decoder, KeyValueCache } from "./decoder.ts";

export type GenerationRow = {
  /** The prompt's index among all prompts. */
  readonly index: number;
  readonly prompt: readonly number[];
  readonly written: number[];
  /** The random numbers of this row. */
  readonly uniform: () => number;
  /** The number of its tokens in the cache. */
  cached: number;
  /** Whether the turn ended by itself. */
  ended: boolean;
  /** Whether it ended or reached the maximum length. */
  done: boolean;
};

/** `segments` `[rows, capacity]`: −1 for the padding at the left, 0 for all other places of the cache. */
export type Batch<Row extends { readonly cached: number } = GenerationRow> = {
  readonly rows: readonly Row[];
  readonly cache: KeyValueCache;
  readonly segments: tf.Tensor2D;
};

/**
 * A batch of the rows that stay, followed by the rows that join; there must be at least one row. Disposes both given batches, except
 * that `joining` is returned unchanged if no row stays.
 * @param stay indices of rows of `batch`; a row may stay several times
 */
export function regroup<Row extends { readonly cached: number }>(
  decoder: Decoder,
  batch: Batch<Row> | undefined,
  stay: readonly number[],
  joining: Batch<Row> | undefined,
): Batch<Row> {
  if (!batch || stay.length === 0) {
    if (batch) disposeBatch(batch);
    return joining!;
  }
  const rows = [...stay.map((at) => batch.rows[at]!), ...(joining?.rows ?? [])];
  const filled = joining?.cache.filled ?? Math.max(...rows.map(({ cached }) => cached));
  const left = batch.segments.shape[1] - batch.cache.filled;
  const capacity = joining?.segments.shape[1] ?? filled + left;
  const layers = tf.tidy(() => {
    const index = tf.tensor1d([...stay], "int32");
    const { keyValueHeads, headWidth } = decoder.config;
    const place = keyValueHeads * headWidth;
    // Each row as a flat list of floats: a general gather or slice over four axes would take as long as the decoding itself.
    const flat = (tensor: tf.Tensor): tf.Tensor2D => tf.reshape(tensor, [tensor.shape[0]!, -1]);
    const moved = (tensor: tf.Tensor, joined: tf.Tensor | undefined): tf.Tensor => {
      const begin = (batch.cache.filled - filled) * place;
      const staying = tf.slice(embed(flat(tensor), index) as tf.Tensor2D, [0, begin], [stay.length, filled * place]);
      const padded = tf.pad(staying, [
        [0, 0],
        [0, (capacity - filled) * place],
      ]);
      const all = joined ? tf.concat([padded, flat(joined)], 0) : padded;
      return tf.keep(tf.reshape(all, [rows.length, capacity, keyValueHeads, headWidth]));
    };
    return batch.cache.layers.map(({ keys, values }, layer) => ({
      keys: moved(keys, joining?.cache.layers[layer]?.keys),
      values: moved(values, joining?.cache.layers[layer]?.values),
    }));
  });
  disposeBatch(batch);
  if (joining) disposeBatch(joining);
  return { rows, cache: { filled, layers }, segments: leftPadded(rows, filled, capacity) };
}

/** The `segments` of a batch whose rows end at the place `filled`, `[rows, capacity]`. */
export function leftPadded(
  rows: readonly { readonly cached: number }[],
  filled: number,
  capacity: number,
): tf.Tensor2D {
  const segments = new Int32Array(rows.length * capacity);
  for (const [at, { cached }] of rows.entries()) {
    segments.fill(-1, at * capacity, at * capacity + filled - cached);
  }
  return tf.tensor2d(segments, [rows.length, capacity], "int32");
}

export function disposeBatch({ cache, segments }: Pick<Batch, "cache" | "segments">): void {
  for (const { keys, values } of cache.layers) tf.dispose([keys, values]);
  segments.dispose();
}
