/** RMS normalisation in WGSL: one workgroup per row. The sum for the weight's gradient uses one workgroup per 16 columns. */
import type * as tf from "@tensorflow/tfjs";
import { rowsOf, widthOf } from "../shape.ts";
import type { Gpu } from "./gpu.ts";
import { program, totalOver } from "./program.ts";
import { columnSums } from "./sums.ts";

type Eps = { readonly eps: number };

const lanes = 64;
const inverse = `
  let start = at * p.width;
  var squares = 0.0;
  for (var i = lane; i < p.width; i += ${lanes}u) { squares += x[start + i] * x[start + i]; }
  let inverse = inverseSqrt(total(lane, squares) / f32(p.width) + p.eps);`;
const parameters = { rows: "u32", width: "u32", eps: "f32" } as const;
// The grid may have a few more workgroups than there are rows.
const guard = "if (at >= p.rows) { return; }";

const forward = program({
  name: "RMSNorm",
  reads: { x: "f32", weight: "f32" },
  writes: { y: "f32" },
  parameters,
  lanes,
  functions: totalOver(lanes),
  body: `${guard}${inverse}
  for (var i = lane; i < p.width; i += ${lanes}u) { y[start + i] = x[start + i] * inverse * weight[i]; }`,
});

const inputGradient = program({
  name: "RMSNormInputGradient",
  reads: { dy: "f32", x: "f32", weight: "f32" },
  writes: { dx: "f32" },
  parameters,
  lanes,
  functions: totalOver(lanes),
  body: `${guard}${inverse}
  var along = 0.0;
  for (var i = lane; i < p.width; i += ${lanes}u) { along += dy[start + i] * weight[i] * x[start + i]; }
  let slope = total(lane, along) / f32(p.width) * inverse * inverse;
  for (var i = lane; i < p.width; i += ${lanes}u) {
    dx[start + i] = (dy[start + i] * weight[i] - x[start + i] * slope) * inverse;
  }`,
});

const scaled = program({
  name: "RMSNormWeightGradient",
  reads: { dy: "f32", x: "f32" },
  writes: { product: "f32" },
  parameters,
  lanes,
  functions: totalOver(lanes),
  body: `${guard}${inverse}
  for (var i = lane; i < p.width; i += ${lanes}u) { product[start + i] = dy[start + i] * x[start + i] * inverse; }`,
});

type Normed = { x: tf.TensorInfo; weight: tf.TensorInfo };

export function rmsNorm({ x, weight }: Normed, { eps }: Eps, gpu: Gpu): tf.TensorInfo {
  const y = gpu.make(x.shape);
  const [rows, width] = [rowsOf(x), widthOf(x)];
  gpu.run(forward, { x, weight, y }, { rows, width, eps }, rows);
  return y;
}

export function rmsNormInput({ dy, x, weight }: Normed & { dy: tf.TensorInfo }, { eps }: Eps, gpu: Gpu): tf.TensorInfo {
  const dx = gpu.make(x.shape);
  const [rows, width] = [rowsOf(x), widthOf(x)];
  gpu.run(inputGradient, { dy, x, weight, dx }, { rows, width, eps }, rows);
  return dx;
}

export function rmsNormWeight({ dy, x }: { dy: tf.TensorInfo; x: tf.TensorInfo }, { eps }: Eps, gpu: Gpu) {
  const product = gpu.make(x.shape);
  const [rows, width] = [rowsOf(x), widthOf(x)];
  gpu.run(scaled, { dy, x, product }, { rows, width, eps }, rows);
  const sums = columnSums({ x: product }, {}, gpu);
  gpu.free(product);
  return sums;
}
