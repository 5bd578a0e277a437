/** AdamW in WGSL, one element per invocation. */
import type * as tf from "@tensorflow/tfjs";
import { pow } from "../../portable-math.ts";
import type { AdamW } from "../adamw-settings.ts";
import { type Gpu, sizeOf } from "./gpu.ts";
import { program } from "./program.ts";

const update = program({
  name: "AdamW",
  reads: { param: "f32", grad: "f32", m: "f32", v: "f32" },
  writes: { param_out: "f32", m_out: "f32", v_out: "f32" },
  parameters: {
    ...{ size: "u32", rate: "f32", kept: "f32", beta1: "f32", rest1: "f32", beta2: "f32", rest2: "f32" },
    ...{ correction: "f32", eps: "f32", gradScale: "f32" },
  },
  lanes: 64,
  body: `
  let i = at * 64u + lane;
  if (i >= p.size) { return; }
  let slope = grad[i] * p.gradScale;
  let first = p.beta1 * m[i] + p.rest1 * slope;
  let second = p.beta2 * v[i] + p.rest2 * slope * slope;
  m_out[i] = first;
  v_out[i] = second;
  param_out[i] = param[i] * p.kept - p.rate * first / (sqrt(second) / p.correction + p.eps);`,
});

type Moments = { param: tf.TensorInfo; grad: tf.TensorInfo; m: tf.TensorInfo; v: tf.TensorInfo };

export function adamw(tensors: Moments, settings: AdamW, gpu: Gpu): tf.TensorInfo[] {
  const { learningRate, beta1, beta2, eps, weightDecay, step, gradScale } = settings;
  const { shape } = tensors.param;
  const [param_out, m_out, v_out] = [gpu.make(shape), gpu.make(shape), gpu.make(shape)];
  const size = sizeOf(tensors.param);
  gpu.run(
    update,
    { ...tensors, param_out, m_out, v_out },
    {
      ...{ size, eps, gradScale, beta1, rest1: 1 - beta1, beta2, rest2: 1 - beta2 },
      rate: learningRate / (1 - pow(beta1, step)),
      kept: 1 - learningRate * weightDecay,
      correction: Math.sqrt(1 - pow(beta2, step)),
    },
    Math.ceil(size / 64),
  );
  return [param_out, m_out, v_out];
}
