/** The gate of a SwiGLU feed-forward (Shazeer 2020): silu(gate)·up, silu(z) = z·σ(z). */
import * as tf from "@tensorflow/tfjs";
import { defineKernel } from "./kernel.ts";
import * as onTensorflow from "./tensorflow/forms.ts";
import * as onWebgpu from "./webgpu/swiglu.ts";

const forward = defineKernel<{ gate: tf.Tensor; up: tf.Tensor }, Record<string, never>>({
  name: "SwiGLU",
  reference: ({ gate, up }) => tf.mul(tf.mul(gate, tf.sigmoid(gate)), up),
  tensorflow: onTensorflow.swiglu,
  webgpu: onWebgpu.swiglu,
  fused({ gate, up }, _, memory) {
    const y = memory.make(gate.shape);
    memory.kernels.swiglu(memory.at(gate), memory.at(up), memory.at(y), memory.size(gate));
    return y;
  },
  gradient: {
    savedInputs: ["gate", "up"],
    of([dy], [gate, up]) {
      const [dGate, dUp] = backward({ dy: dy!, gate: gate!, up: up! }, {});
      return { gate: () => dGate!, up: () => dUp! };
    },
  },
});

const backward = defineKernel<{ dy: tf.Tensor; gate: tf.Tensor; up: tf.Tensor }, Record<string, never>>({
  name: "SwiGLUGradient",
  reference({ dy, gate, up }) {
    const sigmoid = tf.sigmoid(gate);
    const silu = tf.mul(gate, sigmoid);
    const slope = tf.add(sigmoid, tf.mul(silu, tf.sub(1, sigmoid)));
    return [tf.mul(tf.mul(dy, up), slope), tf.mul(dy, silu)];
  },
  webgpu: onWebgpu.swigluGradient,
  fused({ dy, gate, up }, _, memory) {
    const [dGate, dUp] = [memory.make(gate.shape), memory.make(up.shape)];
    const [g, u] = [memory.at(dGate), memory.at(dUp)];
    memory.kernels.swigluGradient(memory.at(dy), memory.at(gate), memory.at(up), g, u, memory.size(gate));
    return [dGate, dUp];
  },
});

/** silu(gate)·up: two tensors of the same shape → that shape. */
export function swiglu(gate: tf.Tensor, up: tf.Tensor): tf.Tensor {
  if (!tf.util.arraysEqual(gate.shape, up.shape)) {
    throw new Error(`swiglu: gate is [${gate.shape}] and up is [${up.shape}]; they must have the same shape.`);
  }
  return forward({ gate, up }, {})[0]!;
}
