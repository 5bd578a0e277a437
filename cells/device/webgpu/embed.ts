/** Looks up rows of a table (packed or not) by id in WGSL, and the gradient, which sums by id. */
import type * as tf from "@tensorflow/tfjs";
import { rowsOf, widthOf } from "../shape.ts";
import { notANumber } from "./cross-entropy.ts";
import { type Gpu, sizeOf } from "./gpu.ts";
import { elementOf, type Format, reader } from "./packed.ts";
import { program, totalOver, variants } from "./program.ts";

const gather = variants(({ format }: { format: Format }) =>
  program({
    name: "Embed",
    reads: { table: elementOf(format), ids: "i32" },
    writes: { y: "f32" },
    parameters: { size: "u32", width: "u32", rows: "u32", nan: "u32" },
    lanes: 64,
    functions: reader("table", format),
    body: `
  let i = at * 64u + lane;
  if (i >= p.size) { return; }
  let row = u32(ids[i / p.width]);
  if (row < p.rows) { y[i] = read_table(row * p.width + i % p.width); } else { y[i] = bitcast<f32>(p.nan); }`,
  }),
);

const clear = program({
  name: "zeros",
  reads: {},
  writes: { x: "f32" },
  parameters: { size: "u32" },
  lanes: 64,
  body: `
  let i = at * 64u + lane;
  if (i < p.size) { x[i] = 0.0; }`,
});

/** One workgroup per id. The first workgroup with an id sums all rows of that id in order, so that the result is always the same. */
const scatter = program({
  name: "EmbedGradient",
  reads: { dy: "f32", ids: "i32" },
  writes: { table: "f32" },
  parameters: { count: "u32", width: "u32", rows: "u32" },
  lanes: 64,
  functions: totalOver(64),
  body: `
  if (at >= p.count) { return; }
  let own = ids[at];
  var earlier = 0.0;
  for (var i = lane; i < at; i += 64u) { if (ids[i] == own) { earlier = 1.0; } }
  if (total(lane, earlier) > 0.0 || u32(own) >= p.rows) { return; }
  for (var d = lane; d < p.width; d += 64u) {
    var sum = dy[at * p.width + d];
    for (var i = at + 1u; i < p.count; i += 1u) { if (ids[i] == own) { sum += dy[i * p.width + d]; } }
    table[u32(own) * p.width + d] = sum;
  }`,
});

/** The row of an id outside the table is NaN, because a device cannot throw. */
export function embed(
  { table, ids }: { table: tf.TensorInfo; ids: tf.TensorInfo },
  _: object,
  gpu: Gpu,
): tf.TensorInfo {
  const [rows, width] = [rowsOf(table), widthOf(table)];
  const y = gpu.make([...ids.shape, width]);
  const size = sizeOf(y);
  const format = gpu.formatOf(table);
  gpu.run(gather({ format }), { table, ids, y }, { size, width, rows, nan: notANumber }, Math.ceil(size / 64));
  return y;
}

export function embedGradient(
  { dy, ids }: { dy: tf.TensorInfo; ids: tf.TensorInfo },
  { vocab }: { vocab: number },
  gpu: Gpu,
): tf.TensorInfo {
  const width = widthOf(dy);
  const table = gpu.make([vocab, width]);
  const count = sizeOf(ids);
  gpu.run(clear, { x: table }, { size: vocab * width }, Math.ceil((vocab * width) / 64));
  gpu.run(scatter, { dy, ids, table }, { count, width, rows: vocab }, count);
  return table;
}
