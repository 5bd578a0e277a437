/**
 * Reads and writes the `config.json` of a Hugging Face folder. Reads both spellings: transformers 4 wrote `rope_theta`,
 * `rope_scaling` and `torch_dtype`, transformers 5 writes `rope_parameters` and `dtype`. A model that the decoder would compute
 * wrongly is an error here; one message lists all reasons.
 */

import { isRecord, type JsonObject, parseObject } from "../json.ts";
import { familyTraits, isFamily, printTraits } from "./family.ts";
import type { ModelConfig } from "./model-config.ts";

/** @param where names the file in errors @throws listing all missing values, or all features that are not supported. */
export function parseConfig(text: string, where: string): ModelConfig {
  const json = parseObject(text, where);
  const rope = [json.rope_parameters, json.rope_scaling].find(isRecord) ?? {};
  const ropeType = String(rope.rope_type ?? rope.type ?? "default");
  const family = isFamily(json.model_type) ? json.model_type : undefined;
  const traits = family && familyTraits(family, json);
  const unsupported = [
    !traits && `the model type ${JSON.stringify(json.model_type)} (supported are llama, mistral, qwen2 and qwen3)`,
    ...(traits?.unsupported ?? []),
    (json.hidden_act ?? "silu") !== "silu" && `the activation ${JSON.stringify(json.hidden_act)}`,
    ropeType !== "default" && ropeType !== "llama3" && `the RoPE type "${ropeType}"`,
    (rope.partial_rotary_factor ?? json.partial_rotary_factor ?? 1) !== 1 && "RoPE on a part of each head",
    isRecord(json.quantization_config) && "quantised weights (use the model in float32, bfloat16 or float16)",
  ].filter((feature) => typeof feature === "string");
  if (unsupported.length > 0)
    throw new Error(`${where} describes a model that Palimpsest does not support: ${unsupported.join("; ")}.`);

  const missing: string[] = [];
  const number = (source: JsonObject, name: string, fallback?: number): number => {
    const value = source[name] ?? fallback;
    if (typeof value === "number" && Number.isFinite(value) && value > 0) return value;
    missing.push(name);
    return 1;
  };
  const width = number(json, "hidden_size");
  const heads = number(json, "num_attention_heads");
  const config: ModelConfig = {
    family,
    biases: traits?.biases,
    headNorms: traits?.headNorms,
    windows: traits?.windows,
    vocabulary: number(json, "vocab_size"),
    width,
    layers: number(json, "num_hidden_layers"),
    heads,
    keyValueHeads: number(json, "num_key_value_heads", heads),
    headWidth: number(json, "head_dim", width / heads),
    feedForward: number(json, "intermediate_size"),
    normEpsilon: number(json, "rms_norm_eps", 1e-6),
    ropeBase: number(rope, "rope_theta", number(json, "rope_theta", 10_000)),
    ropeScaling:
      ropeType === "default"
        ? undefined
        : {
            factor: number(rope, "factor"),
            lowFrequencyFactor: number(rope, "low_freq_factor"),
            highFrequencyFactor: number(rope, "high_freq_factor"),
            originalLength: number(rope, "original_max_position_embeddings"),
          },
    tied: json.tie_word_embeddings === true,
    positions: number(json, "max_position_embeddings", 2048),
    beginToken: typeof json.bos_token_id === "number" ? json.bos_token_id : undefined,
    endTokens: [json.eos_token_id].flat().filter((id) => typeof id === "number"),
  };
  if (missing.length > 0) throw new Error(`${where} must give a positive number for ${missing.join(", ")}.`);
  if (!Number.isInteger(config.headWidth / 2) || !Number.isInteger(heads / config.keyValueHeads)) {
    throw new Error(
      `${where} describes invalid attention heads: head_dim must be even, and num_attention_heads a multiple of num_key_value_heads.`,
    );
  }
  return config;
}

/** The text of `config.json` in the older spelling, which transformers 4 and 5 both read. */
export function printConfig(config: ModelConfig, dtype: "float32" | "bfloat16" = "float32"): string {
  const scaling = config.ropeScaling;
  const json = {
    ...printTraits(config),
    bos_token_id: config.beginToken,
    eos_token_id: config.endTokens.length === 1 ? config.endTokens[0] : config.endTokens,
    head_dim: config.headWidth,
    hidden_act: "silu",
    hidden_size: config.width,
    intermediate_size: config.feedForward,
    max_position_embeddings: config.positions,
    num_attention_heads: config.heads,
    num_hidden_layers: config.layers,
    num_key_value_heads: config.keyValueHeads,
    rms_norm_eps: config.normEpsilon,
    rope_scaling: scaling && {
      rope_type: "llama3",
      factor: scaling.factor,
      low_freq_factor: scaling.lowFrequencyFactor,
      high_freq_factor: scaling.highFrequencyFactor,
      original_max_position_embeddings: scaling.originalLength,
    },
    rope_theta: config.ropeBase,
    tie_word_embeddings: config.tied,
    torch_dtype: dtype,
    vocab_size: config.vocabulary,
  };
  const sorted = Object.fromEntries(Object.entries(json).sort(([a], [b]) => (a < b ? -1 : 1)));
  return `${JSON.stringify(sorted, null, 2)}\n`;
}
