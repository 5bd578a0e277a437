/**
 * The weights that a training changes, separate from the frozen base: pairs of LoRA factors, copies of fully trained modules, or
 * copies of all weights. They have the names of PEFT's files, and the decoder looks here first. To switch an adapter off is to
 * leave it out, so one base serves any number of adapters at once.
 */
import * as tf from "@tensorflow/tfjs";
import type { LinearLayer } from "./linear-layers.ts";
import {
  adaptedLinearLayers,
  adaptedTables,
  configAt,
  fullyTrainedWeights,
  type LoraConfig,
  loraScale,
} from "./lora.ts";
import type { ModelConfig } from "./model-config.ts";
import { embeddingName, linearShape, type Weights } from "./weights.ts";

/** A training replaces the tensors in `tensors` at each step. */
export type Adapter = {
  /** `"full"` for full fine-tuning: every weight of the base has a trained copy. */
  readonly config: LoraConfig | "full";
  readonly tensors: Map<string, tf.Tensor>;
  /** The embedding table is the output layer too: the base's, or the adapter's if it has one. */
  readonly tied: boolean;
};

/** A and B of one linear layer, `[rank, in]` and `[out, rank]`, and the factor on their product. */
export type LoraPair = { readonly a: tf.Tensor; readonly b: tf.Tensor; readonly scale: number };

/** PEFT's prefix for the names of the model that it wraps. */
const prefix = "base_model.model.";

/** @param path of a linear layer, such as `model.layers.0.self_attn.q_proj` */
export function loraName(path: string, factor: "A" | "B"): string {
  return `${prefix}${path}.lora_${factor}.weight`;
}

/** The adapter's name for the copy that replaces a weight of the base. */
export function fullyTrainedName(weight: string): string {
  return prefix + weight;
}

export function loraPair({ config, tensors }: Adapter, path: string): LoraPair | undefined {
  const a = tensors.get(loraName(path, "A"));
  const b = tensors.get(loraName(path, "B"));
  return a && b && config !== "full" ? { a, b, scale: loraScale(configAt(config, path)) } : undefined;
}

/** PEFT's name for the trained rows of a table. */
export function tokenRowsName(table: string): string {
  return `${prefix}${table}.token_adapter.trainable_tokens_delta`;
}

/** PEFT's names for the factors of the embedding table or the output layer. */
export function tableFactorNames(table: "model.embed_tokens" | "lm_head"): { readonly a: string; readonly b: string } {
  if (table === "lm_head") return { a: loraName(table, "A"), b: loraName(table, "B") };
  return { a: `${prefix}${table}.lora_embedding_A`, b: `${prefix}${table}.lora_embedding_B` };
}

/** The factors of a table as `[vocabulary, rank]` and `[rank, width]`. */
export function tableFactors(
  { tensors }: Adapter,
  table: "model.embed_tokens" | "lm_head",
): { readonly rows: tf.Tensor2D; readonly columns: tf.Tensor2D } | undefined {
  const names = tableFactorNames(table);
  const [a, b] = [tensors.get(names.a), tensors.get(names.b)] as (tf.Tensor2D | undefined)[];
  if (!a || !b) return undefined;
  return table === "lm_head" ? { rows: b, columns: a } : { rows: tf.transpose(a), columns: tf.transpose(b) };
}

/** The names and shapes of a LoRA's factors. */
export function factorShapes(model: ModelConfig, config: LoraConfig): Map<string, [number, number]> {
  const shapes = new Map<string, [number, number]>();
  for (const path of adaptedLinearLayers(model, config)) {
    const [outputs, inputs] = linearShape(model, path.split(".").slice(3).join(".") as LinearLayer);
    const { rank } = configAt(config, path);
    shapes.set(loraName(path, "A"), [rank, inputs]);
    shapes.set(loraName(path, "B"), [outputs, rank]);
  }
  for (const path of adaptedTables(config)) {
    const { rank } = configAt(config, path);
    const names = tableFactorNames(path);
    const [inputs, outputs] = path === "lm_head" ? [model.width, model.vocabulary] : [model.vocabulary, model.width];
    shapes.set(names.a, [rank, inputs]);
    shapes.set(names.b, [outputs, rank]);
  }
  return shapes;
}

/**
 * A new adapter, which does not change the model yet: A is uniform in ±1/√in, B is zero, and fully trained modules are those of
 * the base (they share its memory until the first step).
 * @param random gives numbers from 0 to 1
 */
export function freshAdapter(
  base: { readonly config: ModelConfig; readonly weights: Weights },
  config: LoraConfig | "full",
  random: () => number,
): Adapter {
  const tensors = new Map<string, tf.Tensor>();
  const copied = config === "full" ? [...base.weights.keys()] : fullyTrainedWeights(base.config, config);
  const factors = config === "full" ? [] : factorShapes(base.config, config);
  for (const [name, shape] of factors) {
    const values = new Float32Array(shape[0] * shape[1]);
    const bound = 1 / Math.sqrt(shape[1]);
    // PEFT begins with zeros in the first factor of an embedding, and with random numbers in the second one.
    if (name.endsWith("lora_A.weight") || name.endsWith("lora_embedding_B"))
      for (const i of values.keys()) values[i] = (2 * random() - 1) * bound;
    tensors.set(name, tf.tensor2d(values, shape));
  }
  for (const name of copied) tensors.set(fullyTrainedName(name), base.weights.get(name)!.clone());
  return { config, tensors, tied: base.config.tied };
}

/** The number of tokens in the adapter's embedding table; undefined if it has none. */
export function adapterVocabulary({ tensors }: Adapter): number | undefined {
  return tensors.get(fullyTrainedName(embeddingName))?.shape[0];
}

/** The weights as they are now, for use while a training goes on. Nothing is copied. The caller disposes them. */
export function holdAdapter(adapter: Adapter): Adapter {
  return { ...adapter, tensors: new Map([...adapter.tensors].map(([name, t]) => [name, t.clone()])) };
}

export function disposeAdapter(adapter: Adapter): void {
  tf.dispose([...adapter.tensors.values()]);
}
