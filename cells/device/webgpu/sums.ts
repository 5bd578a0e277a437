/** Sums in WGSL, in a fixed order: over the rows of a matrix, and of the squares of many tensors. */
import type * as tf from "@tensorflow/tfjs";
import { rowsOf, widthOf } from "../shape.ts";
import { type Gpu, sizeOf } from "./gpu.ts";
import { program, totalOver } from "./program.ts";

const columns = program({
  name: "ColumnSum",
  reads: { x: "f32" },
  writes: { sums: "f32" },
  parameters: { rows: "u32", width: "u32" },
  lanes: 256,
  functions: "var<workgroup> parts: array<f32, 256>;",
  body: `
  let column = at * 16u + lane % 16u;
  var sum = 0.0;
  if (column < p.width) {
    for (var row = lane / 16u; row < p.rows; row += 16u) { sum += x[row * p.width + column]; }
  }
  parts[lane] = sum;
  workgroupBarrier();
  if (lane >= 16u || column >= p.width) { return; }
  for (var i = 1u; i < 16u; i += 1u) { sum += parts[i * 16u + lane]; }
  sums[column] = sum;`,
});

export function columnSums({ x }: { x: tf.TensorInfo }, _: object, gpu: Gpu): tf.TensorInfo {
  const [rows, width] = [rowsOf(x), widthOf(x)];
  const sums = gpu.make([width]);
  gpu.run(columns, { x, sums }, { rows, width }, Math.ceil(width / 16));
  return sums;
}

/** Elements per workgroup: enough work for one, and few enough that a large tensor keeps a GPU busy. */
const portion = 16_384;

const squares = program({
  name: "SumOfSquares",
  reads: { x: "f32" },
  writes: { parts_out: "f32" },
  parameters: { size: "u32", start: "u32" },
  lanes: 256,
  functions: totalOver(256),
  body: `
  var sum = 0.0;
  let end = min(p.size, (at + 1u) * ${portion}u);
  for (var i = at * ${portion}u + lane; i < end; i += 256u) { sum += x[i] * x[i]; }
  let all = total(lane, sum);
  if (lane == 0u && at * ${portion}u < p.size) { parts_out[p.start + at] = all; }`,
});

const sumOfParts = program({
  name: "SumOfSquares of all",
  reads: { x: "f32" },
  writes: { sum_out: "f32" },
  parameters: { size: "u32" },
  lanes: 256,
  functions: totalOver(256),
  body: `
  var sum = 0.0;
  for (var i = lane; i < p.size; i += 256u) { sum += x[i]; }
  let all = total(lane, sum);
  if (lane == 0u) { sum_out[0] = all; }`,
});

export function sumOfSquares(
  tensors: { readonly [place: string]: tf.TensorInfo | undefined },
  _: object,
  gpu: Gpu,
): tf.TensorInfo {
  const all = Object.values(tensors).flatMap((tensor) => (tensor ? [tensor] : []));
  const counts = all.map((tensor) => Math.ceil(sizeOf(tensor) / portion));
  const size = counts.reduce((sum, count) => sum + count, 0);
  const [parts, out] = [gpu.make([size]), gpu.make([])];
  let start = 0;
  for (const [i, x] of all.entries()) {
    gpu.run(squares, { x, parts_out: parts }, { size: sizeOf(x), start }, counts[i]!);
    start += counts[i]!;
  }
  gpu.run(sumOfParts, { x: parts, sum_out: out }, { size }, 1);
  gpu.free(parts);
  return out;
}
