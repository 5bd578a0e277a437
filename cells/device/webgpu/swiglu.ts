/** SwiGLU in WGSL, one element per invocation. */
import type * as tf from "@tensorflow/tfjs";
import { type Gpu, sizeOf } from "./gpu.ts";
import { program } from "./program.ts";

// exp overflows float32 above 88. NaN is not lost: the result is multiplied by the gate, which is not clamped.
const functions = "fn sigmoid(z: f32) -> f32 { return 1.0 / (1.0 + exp(min(-z, 88.0))); }";

const forward = program({
  name: "SwiGLU",
  reads: { gate: "f32", up: "f32" },
  writes: { y: "f32" },
  parameters: { size: "u32" },
  lanes: 64,
  functions,
  body: `
  let i = at * 64u + lane;
  if (i < p.size) { y[i] = gate[i] * sigmoid(gate[i]) * up[i]; }`,
});

const backward = program({
  name: "SwiGLUGradient",
  reads: { dy: "f32", gate: "f32", up: "f32" },
  writes: { d_gate: "f32", d_up: "f32" },
  parameters: { size: "u32" },
  lanes: 64,
  functions,
  body: `
  let i = at * 64u + lane;
  if (i >= p.size) { return; }
  let s = sigmoid(gate[i]);
  let silu = gate[i] * s;
  d_gate[i] = dy[i] * up[i] * (s + silu * (1.0 - s));
  d_up[i] = dy[i] * silu;`,
});

type Gated = { gate: tf.TensorInfo; up: tf.TensorInfo };

export function swiglu({ gate, up }: Gated, _: object, gpu: Gpu): tf.TensorInfo {
  const y = gpu.make(gate.shape);
  const size = sizeOf(gate);
  gpu.run(forward, { gate, up, y }, { size }, Math.ceil(size / 64));
  return y;
}

export function swigluGradient({ dy, gate, up }: Gated & { dy: tf.TensorInfo }, _: object, gpu: Gpu): tf.TensorInfo[] {
  const [d_gate, d_up] = [gpu.make(gate.shape), gpu.make(up.shape)];
  const size = sizeOf(gate);
  gpu.run(backward, { dy, gate, up, d_gate, d_up }, { size }, Math.ceil(size / 64));
  return [d_gate, d_up];
}
