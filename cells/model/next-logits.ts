/** One forward pass of generation: over the prompts of new rows, or over one new token of each row. */
import * as tf from "@tensorflow/tfjs";
import { linear } from "../device/functions.ts";
import type { Adapter } from "./adapter.ts";
import { type Decoder, emptyCache, forward, head } from "./decoder.ts";
import { type Batch, leftPadded } from "./generation-batch.ts";

/** The place of the next token in the cache, and the size of the cache. */
export type Room = { readonly filled: number; readonly capacity: number };

/** What is read at once: `[rows · time]` each. */
export type NewTokens = { readonly ids: Int32Array; readonly positions: Int32Array };

/** A batch of rows whose prompts are still to be read, with the tokens to read. */
export function promptBatch<R extends { readonly prompt: readonly number[]; cached: number }>(
  decoder: Decoder,
  rows: readonly R[],
  { filled, capacity }: Room,
): { readonly batch: Batch<R>; readonly tokens: NewTokens } {
  const width = Math.max(...rows.map(({ prompt }) => prompt.length));
  const ids = new Int32Array(rows.length * width);
  const positions = new Int32Array(rows.length * width);
  for (const [at, row] of rows.entries()) {
    const start = (at + 1) * width - row.prompt.length;
    ids.set(row.prompt, start);
    for (let t = 0; t < row.prompt.length; t += 1) positions[start + t] = t;
    row.cached = row.prompt.length;
  }
  const cache = emptyCache(decoder, rows.length, capacity);
  cache.filled = filled - width;
  return { batch: { rows, cache, segments: leftPadded(rows, filled, capacity) }, tokens: { ids, positions } };
}

/** The logits after the last of each row's new tokens, `[rows, vocabulary]`. Call it inside `tf.tidy`. */
export function nextLogits<R extends { readonly cached: number }>(
  decoder: Decoder,
  adapter: Adapter | undefined,
  { rows, cache, segments }: Batch<R>,
  { ids, positions }: NewTokens,
): tf.Tensor2D {
  const shape: [number, number] = [rows.length, ids.length / rows.length];
  const places = tf.tensor1d(
    Int32Array.from(rows, (_, at) => (at + 1) * shape[1] - 1),
    "int32",
  );
  const tokens = {
    ids: tf.tensor2d(ids, shape, "int32"),
    positions: tf.tensor2d(positions, shape, "int32"),
    segments,
  };
  return linear(forward(decoder, adapter, tokens, { cache, places }), head(decoder, adapter)) as tf.Tensor2D;
}
