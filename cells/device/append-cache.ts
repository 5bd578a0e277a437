/**
 * Appends rows to a key or value cache of fixed capacity. Concatenation would copy the complete cache at each token; the fused forms
 * write the new rows into the memory of the cache.
 */
import * as tf from "@tensorflow/tfjs";
import { defineKernel } from "./kernel.ts";
import { appendCache as onTensorflow } from "./tensorflow/forms.ts";
import { appendCache as onWebgpu } from "./webgpu/append-cache.ts";

const append = defineKernel<{ cache: tf.Tensor; rows: tf.Tensor }, { at: number }>({
  name: "AppendCache",
  reference({ cache, rows }, { at }) {
    const [batch, capacity, heads, width] = cache.shape as [number, number, number, number];
    const end = at + rows.shape[1]!;
    const before = tf.slice(cache, [0, 0, 0, 0], [batch, at, heads, width]);
    const after = tf.slice(cache, [0, end, 0, 0], [batch, capacity - end, heads, width]);
    return tf.concat([before, rows, after], 1);
  },
  tensorflow: onTensorflow,
  webgpu: onWebgpu,
  fused({ cache, rows }, { at }, memory) {
    const [batch, capacity, heads, width] = cache.shape as [number, number, number, number];
    const time = rows.shape[1]!;
    memory.kernels.copyRows(
      memory.at(rows),
      memory.at(cache),
      batch,
      time * heads * width,
      capacity * heads * width,
      at * heads * width,
    );
    return memory.share(cache);
  },
});

/**
 * Writes rows `[batch, t, kvHeads, width]` to cache `[batch, capacity, kvHeads, width]` from time `at` on → the new cache. Do not use
 * the given cache afterwards, only dispose it: the fused forms change it in place. Not differentiable.
 */
export function appendCache(cache: tf.Tensor, rows: tf.Tensor, at: number): tf.Tensor {
  const [batch, capacity, heads, width] = cache.shape;
  const fits = rows.shape[0] === batch && rows.shape[2] === heads && rows.shape[3] === width;
  if (!fits || at < 0 || at + (rows.shape[1] ?? 0) > (capacity ?? 0)) {
    throw new Error(`appendCache: rows [${rows.shape}] do not fit into the cache [${cache.shape}] at ${at}.`);
  }
  return append({ cache, rows }, { at })[0]!;
}
