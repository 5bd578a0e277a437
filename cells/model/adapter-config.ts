/**
 * `adapter_config.json` as PEFT writes it. A setting that PEFT knows and Palimpsest cannot compute is an error that names it.
 *
 * Source: https://huggingface.co/docs/peft/developer_guides/checkpoint
 */
import { isRecord, type JsonObject, parseObject } from "../json.ts";
import { linearLayers } from "./linear-layers.ts";
import type { LoraConfig } from "./lora.ts";

const layerNames = linearLayers.map((name) => name.slice(name.indexOf(".") + 1));

/** @param tiesWeights whether a tied embedding table is trained, which then is the output layer too */
export function printAdapterConfig(config: LoraConfig, baseName: string, tiesWeights: boolean): string {
  const { modulesToSave = [] } = config;
  const json = {
    base_model_name_or_path: baseName,
    bias: "none",
    ...(config.alphaPattern && { alpha_pattern: config.alphaPattern }),
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
    ...(config.rankPattern && { rank_pattern: config.rankPattern }),
    ...(config.tokenRows && { trainable_token_indices: shortNames(config.tokenRows) }),
    target_modules: config.targets ?? layerNames,
    task_type: "CAUSAL_LM",
    use_dora: false,
    use_rslora: config.rankStabilized === true,
  };
  return `${JSON.stringify(json, null, 2)}\n`;
}

/** PEFT finds a table by the end of its path. */
function shortNames(rows: NonNullable<LoraConfig["tokenRows"]>): Record<string, readonly number[]> {
  return Object.fromEntries(Object.entries(rows).map(([table, indices]) => [table.replace("model.", ""), indices]));
}

/** Settings that would change the computation. */
const unsupported = [
  "use_dora",
  "use_qalora",
  "use_bdlora",
  "target_parameters",
  "layer_replication",
  "alora_invocation_tokens",
  "lora_bias",
  "fan_in_fan_out",
  "velora_config",
  "monteclora_config",
  "kasa_config",
  "arrow_config",
];

/** Settings that Palimpsest reads, and those that only concern the training or the initial values of the factors. */
const known = [
  ...[
    "r",
    "lora_alpha",
    "lora_dropout",
    "use_rslora",
    "rank_pattern",
    "alpha_pattern",
    "bias",
    "peft_type",
    "modules_to_save",
  ],
  ...["target_modules", "exclude_modules", "layers_to_transform", "layers_pattern", "trainable_token_indices"],
  ...[
    "ensure_weight_tying",
    "init_lora_weights",
    "auto_mapping",
    "base_model_name_or_path",
    "revision",
    "inference_mode",
  ],
  ...["task_type", "peft_version", "megatron_config", "megatron_core", "runtime_config", "loftq_config", "eva_config"],
  ...["corda_config", "lora_ga_config", "qalora_group_size"],
];

/** Initialisations that also change the weights of the base, so that the saved factors do not fit the base as it was. */
const changesBase = /^(pissa|olora|corda|loftq|lora_ga)/i;

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
  const unknown = Object.keys(json).filter((name) => ![...known, ...unsupported].includes(name) && isUsed(json[name]));
  if (unknown.length > 0)
    throw new Error(
      `The adapter in ${where} cannot be read: Palimpsest does not know ${unknown.join(", ")} in its adapter_config.json.`,
    );
  const initial = json.init_lora_weights;
  if (typeof initial === "string" && changesBase.test(initial))
    throw new Error(
      `The adapter in ${where} cannot be read: it was initialised with "${initial}", which changed the weights of the base, so it does ` +
        "not fit the base as it is. Convert it in PEFT to an ordinary LoRA: " +
        "save_pretrained(…, path_initial_model_for_weight_conversion=…).",
    );
  if (isUsed(json.layers_pattern) && [json.layers_pattern].flat().some((name) => name !== "layers"))
    used.push(`layers_pattern ${JSON.stringify(json.layers_pattern)}`);
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
    ...(isUsed(json.rank_pattern) && { rankPattern: numbersByName(json, "rank_pattern", where) }),
    ...(isUsed(json.alpha_pattern) && { alphaPattern: numbersByName(json, "alpha_pattern", where) }),
    ...(isUsed(json.trainable_token_indices) && { tokenRows: tokenRows(json.trainable_token_indices, where) }),
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

function numbersByName(json: JsonObject, name: string, where: string): Record<string, number> {
  const value = json[name];
  if (isRecord(value) && Object.values(value).every((each) => typeof each === "number"))
    return value as Record<string, number>;
  throw new Error(
    `The adapter in ${where} cannot be read: ${name} in its adapter_config.json must give numbers by name.`,
  );
}

/** A list means the embedding table. */
function tokenRows(value: unknown, where: string): Record<string, readonly number[]> {
  const lists = Object.entries(isRecord(value) ? value : { embed_tokens: value });
  return Object.fromEntries(
    lists.map(([module, indices]) => {
      const table = ["model.embed_tokens", "lm_head"].find((name) => name === module || name.endsWith(`.${module}`));
      const isList = Array.isArray(indices) && indices.every((each) => Number.isInteger(each) && each >= 0);
      if (table && isList) return [table, indices as number[]];
      throw notAList(where, "trainable_token_indices", "numbers of tokens, for embed_tokens or lm_head");
    }),
  );
}

function notAList(where: string, name: string, what: string): Error {
  return new Error(
    `The adapter in ${where} cannot be read: ${name} in its adapter_config.json must be a list of ${what}.`,
  );
}
