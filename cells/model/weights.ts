/**
 * The weights of a model under their Hugging Face names: which weights a model has, and their shapes. Frozen and trained weights are
 * the same kind of map, so the decoder treats them alike.
 */
import type * as tf from "@tensorflow/tfjs";
import type { Matrix } from "../device/matrix.ts";
import { type LinearLayer, linearLayers } from "./linear-layers.ts";
import type { ModelConfig } from "./model-config.ts";

export type Weights = ReadonlyMap<string, tf.Tensor>;

/** `[out, in]` of a linear layer. */
export function linearShape(config: ModelConfig, name: LinearLayer): [number, number] {
  const { width, feedForward, heads, keyValueHeads, headWidth } = config;
  switch (name) {
    case "self_attn.q_proj":
      return [heads * headWidth, width];
    case "self_attn.k_proj":
    case "self_attn.v_proj":
      return [keyValueHeads * headWidth, width];
    case "self_attn.o_proj":
      return [width, heads * headWidth];
    case "mlp.gate_proj":
    case "mlp.up_proj":
      return [feedForward, width];
    case "mlp.down_proj":
      return [width, feedForward];
  }
}

export const embeddingName = "model.embed_tokens.weight";
export const headName = (config: ModelConfig): string => (config.tied ? embeddingName : "lm_head.weight");

/** Every weight of the model and its shape. A tied output layer is the embedding table and is not listed again. */
export function weightShapes(config: ModelConfig): Map<string, readonly number[]> {
  const shapes = new Map<string, readonly number[]>([[embeddingName, [config.vocabulary, config.width]]]);
  for (let layer = 0; layer < config.layers; layer += 1) {
    const prefix = `model.layers.${layer}`;
    shapes.set(`${prefix}.input_layernorm.weight`, [config.width]);
    shapes.set(`${prefix}.post_attention_layernorm.weight`, [config.width]);
    for (const name of linearLayers) shapes.set(`${prefix}.${name}.weight`, linearShape(config, name));
    for (const name of config.biases ?? []) shapes.set(`${prefix}.${name}.bias`, [linearShape(config, name)[0]]);
    if (!config.headNorms) continue;
    for (const norm of ["q_norm", "k_norm"]) shapes.set(`${prefix}.self_attn.${norm}.weight`, [config.headWidth]);
  }
  shapes.set("model.norm.weight", [config.width]);
  if (!config.tied) shapes.set("lm_head.weight", [config.vocabulary, config.width]);
  return shapes;
}

/** Copies tensors off the device, to be written to a file. */
export async function downloadWeights(weights: Weights): Promise<Map<string, Matrix>> {
  // All reads start at once, so the values are those of this moment even if the tensors are freed right afterwards.
  const reading = [...weights].map(async ([name, tensor]): Promise<[string, Matrix]> => {
    const { shape } = tensor;
    return [name, { shape, values: (await tensor.data()) as Float32Array }];
  });
  return new Map(await Promise.all(reading));
}
