/** New rows written into a cache's own buffer. */
import type * as tf from "@tensorflow/tfjs";
import { type Gpu, sizeOf } from "./gpu.ts";
import { program } from "./program.ts";

const copy = program({
  name: "AppendCache",
  reads: { rows: "f32" },
  writes: { cache: "f32" },
  parameters: { size: "u32", own: "u32", whole: "u32", start: "u32" },
  lanes: 64,
  body: `
  let i = at * 64u + lane;
  if (i < p.size) { cache[i / p.own * p.whole + p.start + i % p.own] = rows[i]; }`,
});

export function appendCache(
  { cache, rows }: { cache: tf.TensorInfo; rows: tf.TensorInfo },
  { at }: { at: number },
  gpu: Gpu,
): tf.TensorInfo {
  const [, capacity, heads, width] = cache.shape as [number, number, number, number];
  const line = heads * width;
  const size = sizeOf(rows);
  const sizes = { size, own: rows.shape[1]! * line, whole: capacity * line, start: at * line };
  gpu.run(copy, { rows, cache }, sizes, Math.ceil(size / 64));
  return gpu.share(cache);
}
