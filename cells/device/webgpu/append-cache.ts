/** Writes new rows into the buffer of a cache. */
import type * as tf from "@tensorflow/tfjs";
import { type Gpu, sizeOf } from "./gpu.ts";
import { program } from "./program.ts";

const copy = program({
  name: "AppendCache",
  reads: { rows: "f32" },
  writes: { cache: "f32" },
  parameters: { size: "u32", added: "u32", capacity: "u32", start: "u32" },
  lanes: 64,
  body: `
  let i = at * 64u + lane;
  if (i < p.size) { cache[i / p.added * p.capacity + p.start + i % p.added] = rows[i]; }`,
});

export function appendCache(
  { cache, rows }: { cache: tf.TensorInfo; rows: tf.TensorInfo },
  { at }: { at: number },
  gpu: Gpu,
): tf.TensorInfo {
  const [, capacity, heads, width] = cache.shape as [number, number, number, number];
  const line = heads * width;
  const size = sizeOf(rows);
  const sizes = { size, added: rows.shape[1]! * line, capacity: capacity * line, start: at * line };
  gpu.run(copy, { rows, cache }, sizes, Math.ceil(size / 64));
  return gpu.share(cache);
}
