/**
 * What distinguishes the model families: Llama; Mistral, with optional sliding-window attention; Qwen2, with biases on queries,
 * keys and values; Qwen3, which normalises the queries and keys of each head instead. A family is translated into traits, so that
 * the decoder knows traits and not family names.
 */
import type { JsonObject } from "../json.ts";
import type { LinearLayer } from "./linear-layers.ts";
import type { Family, ModelConfig } from "./model-config.ts";

const architectures = {
  llama: "LlamaForCausalLM",
  mistral: "MistralForCausalLM",
  qwen2: "Qwen2ForCausalLM",
  qwen3: "Qwen3ForCausalLM",
} as const satisfies Record<Family, string>;

export function isFamily(name: unknown): name is Family {
  return typeof name === "string" && Object.hasOwn(architectures, name);
}

const inputs = ["self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj"] as const;
const feedForward = ["mlp.gate_proj", "mlp.up_proj", "mlp.down_proj"] as const;

export type Traits = Pick<ModelConfig, "biases" | "headNorms" | "windows"> & {
  readonly unsupported: readonly string[];
};

/** The traits of a model of this family with this `config.json`. Traits that a plain Llama does not have are undefined. */
export function familyTraits(family: Family, json: JsonObject): Traits {
  const biases: LinearLayer[] = [];
  if (family === "qwen2") biases.push(...inputs);
  else if (family !== "mistral" && json.attention_bias === true) biases.push(...inputs, "self_attn.o_proj");
  if (family === "llama" && json.mlp_bias === true) biases.push(...feedForward);
  const kinds = layerKinds(family, json);
  const unknown = kinds.filter((kind) => kind !== "full_attention" && kind !== "sliding_attention");
  const window = Number(json.sliding_window ?? 0);
  const windows = kinds.map((kind) => (kind === "sliding_attention" ? window : 0));
  return {
    biases: biases.length > 0 ? biases : undefined,
    headNorms: family === "qwen3" || undefined,
    windows: windows.some((size) => size > 0) ? windows : undefined,
    unsupported: [...new Set(unknown)].map((kind) => `layers of ${JSON.stringify(kind)}`),
  };
}

/** The attention type of each layer: listed in the config, or (transformers 4) given by the rule of the family. */
function layerKinds(family: Family, json: JsonObject): unknown[] {
  const count = Number(json.num_hidden_layers);
  if (Array.isArray(json.layer_types)) return json.layer_types;
  const kind = (slides: boolean): string => (slides ? "sliding_attention" : "full_attention");
  const layers = Array.from({ length: Number.isInteger(count) && count > 0 ? count : 0 }, (_, layer) => layer);
  const window = Number(json.sliding_window ?? 0);
  switch (family) {
    case "llama":
      return [];
    case "mistral":
      return layers.map(() => kind(window > 0));
    case "qwen2":
    case "qwen3": {
      const first = Number(json.max_window_layers ?? 28);
      return layers.map((layer) => kind(json.use_sliding_window === true && window > 0 && layer >= first));
    }
  }
}

/** The traits as entries of `config.json`. */
export function printTraits({ family = "llama", biases = [], windows }: ModelConfig): JsonObject {
  const window = windows?.find((size) => size > 0);
  return {
    architectures: [architectures[family]],
    model_type: family,
    attention_bias: biases.includes("self_attn.o_proj"),
    mlp_bias: biases.includes("mlp.gate_proj"),
    ...(family !== "llama" && {
      sliding_window: window ?? null,
      use_sliding_window: window !== undefined,
      layer_types: windows?.map((size) => (size > 0 ? "sliding_attention" : "full_attention")),
    }),
  };
}
