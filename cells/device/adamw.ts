/** AdamW (Loshchilov & Hutter 2019) as in PyTorch: decoupled weight decay is applied first, and the moments are bias-corrected. */
import * as tf from "@tensorflow/tfjs";
import { pow } from "../portable-math.ts";
import type { AdamW } from "./adamw-settings.ts";
import { defineKernel } from "./kernel.ts";
import { adamw as onWebgpu } from "./webgpu/adamw.ts";

const update = defineKernel<{ param: tf.Tensor; grad: tf.Tensor; m: tf.Tensor; v: tf.Tensor }, AdamW>({
  name: "AdamW",
  reference({ param, grad, m, v }, { learningRate, beta1, beta2, eps, weightDecay, step, gradScale }) {
    // Factors are combined, because on TensorFlow one more operation costs more time than the numbers of a small matrix.
    const corrected = Math.sqrt(1 - pow(beta2, step));
    const m2 = tf.add(tf.mul(m, beta1), tf.mul(grad, (1 - beta1) * gradScale));
    const v2 = tf.add(tf.mul(v, beta2), tf.mul(tf.square(grad), (1 - beta2) * gradScale * gradScale));
    const change = tf.div(m2, tf.add(tf.sqrt(v2), eps * corrected));
    const decayed = weightDecay === 0 ? param : tf.mul(param, 1 - learningRate * weightDecay);
    return [tf.sub(decayed, tf.mul(change, (learningRate * corrected) / (1 - pow(beta1, step)))), m2, v2];
  },
  webgpu: onWebgpu,
  fused({ param, grad, m, v }, { learningRate, beta1, beta2, eps, weightDecay, step, gradScale }, memory) {
    const out = [memory.make(param.shape), memory.make(param.shape), memory.make(param.shape)];
    memory.kernels.adamw(
      memory.at(param),
      memory.at(grad),
      memory.at(m),
      memory.at(v),
      memory.at(out[0]!),
      memory.at(out[1]!),
      memory.at(out[2]!),
      memory.size(param),
      learningRate / (1 - pow(beta1, step)),
      1 - learningRate * weightDecay,
      beta1,
      1 - beta1,
      beta2,
      1 - beta2,
      Math.sqrt(1 - pow(beta2, step)),
      eps,
      gradScale,
    );
    return out;
  },
});

/** One update of one parameter: four tensors of the same shape → the new parameter, first and second moment. Not differentiable. */
export function adamw(
  param: tf.Tensor,
  grad: tf.Tensor,
  m: tf.Tensor,
  v: tf.Tensor,
  settings: AdamW,
): [param: tf.Tensor, m: tf.Tensor, v: tf.Tensor] {
  for (const [name, tensor] of Object.entries({ grad, m, v })) {
    if (!tf.util.arraysEqual(param.shape, tensor.shape)) {
      throw new Error(
        `adamw: the parameter is [${param.shape}] and ${name} is [${tensor.shape}]; they must have the same shape.`,
      );
    }
  }
  return update({ param, grad, m, v }, settings) as [tf.Tensor, tf.Tensor, tf.Tensor];
}
