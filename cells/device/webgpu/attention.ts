/** Attention and its gradient on a WebGPU device: shapes, grids and the programs to run. */
import type * as tf from "@tensorflow/tfjs";
import { keyGradient, queryGradient } from "./attention-gradient.ts";
import { attentionProgram } from "./attention-program.ts";
import { lanes } from "./attention-wgsl.ts";
import type { Gpu } from "./gpu.ts";

type Attended = { q: tf.TensorInfo; k: tf.TensorInfo; v: tf.TensorInfo; segments: tf.TensorInfo };
type Visibility = { readonly window: number; readonly keys: number };

export function attention({ q, k, v, segments }: Attended, { window, keys }: Visibility, gpu: Gpu): tf.TensorInfo[] {
  const { batch, queries, heads, width, parameters } = shapesOf(q, k, window, keys);
  // During generation there is one query per row, so more rows would be computed in vain.
  const rows = queries === 1 ? 1 : rowsFor(width);
  const [y, logSum] = [gpu.make(q.shape), gpu.make([batch, heads, queries])];
  const grid = [Math.ceil(queries / rows), heads, batch] as const;
  gpu.run(
    attentionProgram({ dimensions: Math.ceil(width / lanes), rows }),
    { q, k, v, segments, y, logSum },
    parameters,
    grid,
  );
  return [y, logSum];
}

type Backward = Attended & { dy: tf.TensorInfo; logSum: tf.TensorInfo };

export function attentionGradient(
  { dy, q, k, v, segments, logSum }: Backward,
  { window, keys }: Visibility,
  gpu: Gpu,
): tf.TensorInfo[] {
  const { batch, queries, heads, kvHeads, width, parameters } = shapesOf(q, k, window, keys);
  const shape = { dimensions: Math.ceil(width / lanes), rows: rowsFor(width) };
  const [dq, dk, dv] = [gpu.make(q.shape), gpu.make(k.shape), gpu.make(v.shape)];
  // Both numbers of a query are in one tensor, because a device may allow only eight buffers per program.
  const stats = gpu.make([2, batch, heads, queries]);
  const inputs = { dy, q, k, v, segments };
  const tiles = (count: number): number => Math.ceil(count / shape.rows);
  gpu.run(queryGradient(shape), { ...inputs, logSum, dq, stats }, parameters, [tiles(queries), heads, batch]);
  gpu.run(keyGradient(shape), { ...inputs, stats, dk, dv }, parameters, [tiles(keys), kvHeads, batch]);
  gpu.free(stats);
  return [dq, dk, dv];
}

/** As many as fit into 16 KiB of workgroup memory, at most eight. */
function rowsFor(width: number): number {
  return width <= 128 ? 8 : 4;
}

function shapesOf(q: tf.TensorInfo, k: tf.TensorInfo, window: number, keys: number) {
  const [batch, queries, heads, width] = q.shape as [number, number, number, number];
  const [, capacity, kvHeads] = k.shape as [number, number, number, number];
  const parameters = { queries, keys, capacity, heads, kvHeads, window, width, scale: 1 / Math.sqrt(width) };
  return { batch, queries, heads, kvHeads, width, parameters };
}
