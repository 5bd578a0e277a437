/**
 * `adapter_config.json` as PEFT writes it. A setting that PEFT knows and Palimpsest cannot compute is an error that names it.
 *
 * Source: https://huggingface.co/docs/peft/developer_guides/checkpoint
 */
import { type JsonObject, parseObject } from "../json.ts";
import { linearLayers } from "./linear-layers.ts";
import type { LoraConfig } from "./lora.ts";

const layerNames = linearLayers.map((name) => name.slice(name.indexOf(".") + 1));

/** @param tiesWeights whether a tied embedding table is trained, which then is the output layer too */
export function printAdapterConfig(config: LoraConfig, baseName: string, tiesWeights: boolean): string {
  const { modulesToSave = [] } = config;
  const json = {
    base_model_name_or_path: baseName,
    bias: "none",
    ensure_weight_tying: tiesWeights,
    exclude_modules: config.exclude ?? null,
    fan_in_fan_out: false,
    inference_mode: true,
    init_lora_weights: true,
    layers_to_transform: config.layers ?? null,
    lora_alpha: config.alpha,
    lora_dropout: config.dropout ?? 0,
    modules_to_save: modulesToSave.length > 0 ? modulesToSave : null,
    peft_type: "LORA",
    r: config.rank,
    target_modules: config.targets ?? layerNames,
    task_type: "CAUSAL_LM",
    use_dora: false,
    use_rslora: config.rankStabilized === true,
  };
  return `${JSON.stringify(json, null, 2)}\n`;
}

/** Settings that would change the computation. All other settings of a config only concern the initial values of the factors. */
const unsupported = [
  "use_dora",
  "use_qalora",
  "use_bdlora",
  "rank_pattern",
  "alpha_pattern",
  "trainable_token_indices",
  "target_parameters",
  "layer_replication",
  "alora_invocation_tokens",
  "lora_bias",
  "fan_in_fan_out",
  "velora_config",
];

export type AdapterConfig = {
  readonly config: LoraConfig;
  /** Whether a trained embedding table of a tied model is its output layer too. */
  readonly tiesWeights: boolean;
};

/** @throws naming the file and what is wrong, or the settings that cannot be computed. */
export function parseAdapterConfig(text: string, where: string): AdapterConfig {
  const json = parseObject(text, `${where}/adapter_config.json`);
  const { r: rank, lora_alpha: alpha, lora_dropout: dropout, layers_to_transform: layers } = json;
  const used = unsupported.filter((name) => isUsed(json[name]));
  if (isUsed(json.bias) && json.bias !== "none")
    used.push(typeof json.bias === "string" ? `bias "${json.bias}"` : "bias");
  if (json.peft_type !== "LORA" || typeof rank !== "number" || typeof alpha !== "number" || used.length > 0) {
    const why =
      used.length > 0
        ? `it uses ${used.join(", ")}, which Palimpsest does not support`
        : "its adapter_config.json does not describe a LoRA with r and lora_alpha";
    throw new Error(`The adapter in ${where} cannot be read: ${why}.`);
  }
  const targets = modules(json, "target_modules", where);
  const exclude = modules(json, "exclude_modules", where);
  const modulesToSave = modules(json, "modules_to_save", where);
  const isAll =
    Array.isArray(targets) &&
    targets.length === layerNames.length &&
    layerNames.every((name) => targets.includes(name));
  const config: LoraConfig = {
    rank,
    alpha,
    ...(json.use_rslora === true && { rankStabilized: true }),
    ...(typeof dropout === "number" && dropout > 0 && { dropout }),
    ...(targets !== undefined && !isAll && { targets }),
    ...(exclude !== undefined && exclude.length > 0 && { exclude }),
    ...(isUsed(layers) && { layers: layerNumbers(layers, where) }),
    ...(Array.isArray(modulesToSave) && modulesToSave.length > 0 && { modulesToSave }),
  };
  const trainsTable = [modulesToSave]
    .flat()
    .some((module) => module?.endsWith("embed_tokens") || module?.endsWith("lm_head"));
  return { config, tiesWeights: json.ensure_weight_tying === true || !trainsTable };
}

/** PEFT writes a setting that is not used as null, false, {} or []. */
function isUsed(value: unknown): boolean {
  if (typeof value === "object" && value !== null) return Object.keys(value).length > 0;
  return value !== undefined && value !== null && value !== false;
}

function modules(json: JsonObject, name: string, where: string): string | string[] | undefined {
  const value = json[name];
  if (typeof value === "string") return value;
  if (!Array.isArray(value)) return undefined;
  if (!value.every((each) => typeof each === "string")) throw notAList(where, name, "names of modules");
  return value;
}

function layerNumbers(value: unknown, where: string): number[] {
  const numbers: readonly unknown[] = [value].flat();
  if (!numbers.every((each) => typeof each === "number"))
    throw notAList(where, "layers_to_transform", "numbers of layers");
  return [...numbers];
}

function notAList(where: string, name: string, what: string): Error {
  return new Error(
    `The adapter in ${where} cannot be read: ${name} in its adapter_config.json must be a list of ${what}.`,
  );
}
