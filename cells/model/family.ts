/**
 * What sets the families apart that the decoder computes: Llama; Mistral, whose attention may see only a window; Qwen2,
 * whose queries, keys and values have biases; Qwen3, which normalises each head's queries and keys instead. A family is
 * read into the traits that it implies, so that the decoder knows traits and no names.
 */
import type { Json } from "./json.ts";
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

/** The traits that a `config.json` of this family stands for; those that a plain Llama lacks are undefined. */
export function familyTraits(family: Family, json: Json): Traits {
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

/** Which layers see only a window: listed, or (in configs of transformers 4) following from the family's rule. */
function layerKinds(family: Family, json: Json): unknown[] {
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

/** The same traits as Hugging Face writes them. */
export function printTraits({ family = "llama", biases = [], windows }: ModelConfig): Json {
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
