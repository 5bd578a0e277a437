/**
 * The weights that a training changes, beside a base that it leaves alone: a LoRA's pairs of factors, whole copies of some
 * modules, or whole copies of all. They go by the names of PEFT's files, and the decoder looks here first. Switching
 * the adapter off is leaving it out, so one base serves any number of them at once.
 */
import * as tf from "@tensorflow/tfjs";
import type { LoraConfig } from "../contracts.ts";
import type { LinearLayer } from "./linear-layers.ts";
import { adaptedMaps, loraScale, wholeWeights } from "./lora.ts";
import type { ModelConfig } from "./model-config.ts";
import { embeddingName, linearShape, type Weights } from "./weights.ts";

/** A training replaces the tensors in the map at each step. */
export type Adapter = {
  /** `"full"` where every weight of the base has a copy that trains. */
  readonly config: LoraConfig | "full";
  readonly tensors: Map<string, tf.Tensor>;
  /** The base's head is its embedding table, and where the adapter has a table in its place, that is the head too. */
  readonly tied: boolean;
};

/** A and B of one linear map, `[rank, in]` and `[out, rank]`, and the factor on their product. */
export type LoraPair = { readonly a: tf.Tensor; readonly b: tf.Tensor; readonly scale: number };

/** What PEFT puts before the names of the model that it wraps. */
const wrapped = "base_model.model.";

/** @param path of a linear map, such as `model.layers.0.self_attn.q_proj` */
export function loraName(path: string, factor: "A" | "B"): string {
  return `${wrapped}${path}.lora_${factor}.weight`;
}

/** What stands in the place of one of the base's weights. */
export function wholeName(weight: string): string {
  return wrapped + weight;
}

export function loraPair({ config, tensors }: Adapter, path: string): LoraPair | undefined {
  const a = tensors.get(loraName(path, "A"));
  const b = tensors.get(loraName(path, "B"));
  return a && b && config !== "full" ? { a, b, scale: loraScale(config) } : undefined;
}

/** Every factor of a LoRA and its shape. */
export function factorShapes(model: ModelConfig, config: LoraConfig): Map<string, [number, number]> {
  const shapes = new Map<string, [number, number]>();
  for (const path of adaptedMaps(model, config)) {
    const [outputs, inputs] = linearShape(model, path.split(".").slice(3).join(".") as LinearLayer);
    shapes.set(loraName(path, "A"), [config.rank, inputs]);
    shapes.set(loraName(path, "B"), [outputs, config.rank]);
  }
  return shapes;
}

/**
 * An adapter that changes nothing yet: A uniform in ±1/√in, B zero, and whole modules as the base has them (the same
 * memory until they are trained). `random` gives numbers from 0 to 1.
 */
export function freshAdapter(
  base: { readonly config: ModelConfig; readonly weights: Weights },
  config: LoraConfig | "full",
  random: () => number,
): Adapter {
  const tensors = new Map<string, tf.Tensor>();
  const copied = config === "full" ? [...base.weights.keys()] : wholeWeights(base.config, config);
  const factors = config === "full" ? [] : factorShapes(base.config, config);
  for (const [name, shape] of factors) {
    const values = new Float32Array(shape[0] * shape[1]);
    const bound = 1 / Math.sqrt(shape[1]);
    if (name.endsWith("lora_A.weight")) for (const i of values.keys()) values[i] = (2 * random() - 1) * bound;
    tensors.set(name, tf.tensor2d(values, shape));
  }
  for (const name of copied) tensors.set(wholeName(name), base.weights.get(name)!.clone());
  return { config, tensors, tied: base.config.tied };
}

/** How many tokens the adapter's embedding table knows, where it has one. */
export function adapterVocabulary({ tensors }: Adapter): number | undefined {
  return tensors.get(wholeName(embeddingName))?.shape[0];
}

/** The same weights at this moment, to be held (and disposed) by the caller while the training goes on. Nothing is copied. */
export function holdAdapter(adapter: Adapter): Adapter {
  return { ...adapter, tensors: new Map([...adapter.tensors].map(([name, t]) => [name, t.clone()])) };
}

export function disposeAdapter(adapter: Adapter): void {
  tf.dispose([...adapter.tensors.values()]);
}
