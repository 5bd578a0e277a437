/**
 * Adapters in PEFT's format: `adapter_config.json` and `adapter_model.safetensors`. What PEFT can do and we cannot is
 * refused by name; what is read is checked against the model before anything is put on the device.
 *
 * Source: https://huggingface.co/docs/peft/developer_guides/checkpoint
 */
import * as tf from "@tensorflow/tfjs";
import type { LoraConfig } from "../contracts.ts";
import { type Adapter, adapterVocabulary, disposeAdapter, factorShapes, wholeName } from "./adapter.ts";
import { type Json, parseObject } from "./json.ts";
import { linearLayers } from "./linear-layers.ts";
import { wholeWeights } from "./lora.ts";
import type { ModelConfig } from "./model-config.ts";
import { openSafetensorsBytes, type SafetensorsFile, writeSafetensors } from "./safetensors.ts";
import { downloadWeights, embeddingName, weightShapes } from "./weights.ts";

const mapNames = linearLayers.map((map) => map.slice(map.indexOf(".") + 1));

/** The two files of a LoRA. @throws for a full fine-tuning, which is no adapter but a model. */
export async function writeAdapter(
  adapter: Adapter,
  baseName: string,
): Promise<{ config: string; weights: Uint8Array }> {
  const { config } = adapter;
  if (config === "full") throw new Error("A full fine-tuning is written as a model, not as an adapter.");
  const { whole = [] } = config;
  const json = {
    base_model_name_or_path: baseName,
    bias: "none",
    ensure_weight_tying: adapter.tied && adapterVocabulary(adapter) !== undefined,
    exclude_modules: config.exclude ?? null,
    fan_in_fan_out: false,
    inference_mode: true,
    init_lora_weights: true,
    layers_to_transform: config.layers ?? null,
    lora_alpha: config.alpha,
    lora_dropout: config.dropout ?? 0,
    modules_to_save: whole.length > 0 ? whole : null,
    peft_type: "LORA",
    r: config.rank,
    target_modules: config.targets ?? mapNames,
    task_type: "CAUSAL_LM",
    use_dora: false,
    use_rslora: config.rankStabilized === true,
  };
  const tensors = new Map(adapter.tensors);
  const table = tensors.get(wholeName(embeddingName));
  // PEFT asks for both names of a tied table.
  if (adapter.tied && table) tensors.set(wholeName("lm_head.weight"), table);
  const weights = writeSafetensors(await downloadWeights(tensors));
  return { config: `${JSON.stringify(json, null, 2)}\n`, weights };
}

/** What changes the computation in a way that is not built. Everything else that a config may hold concerns only how factors begin. */
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

function parseAdapterConfig(text: string, where: string): { config: LoraConfig; tying: boolean } {
  const json = parseObject(text, `${where}/adapter_config.json`);
  const { r: rank, lora_alpha: alpha, lora_dropout: dropout } = json;
  // PEFT writes what is not used as null, false, {} or [].
  const isUsed = (value: unknown): boolean =>
    !["undefined", "null", "false", "{}", "[]"].includes(`${JSON.stringify(value)}`);
  const used = unsupported.filter((name) => isUsed(json[name]));
  if (isUsed(json.bias) && json.bias !== "none") used.push(`bias ${JSON.stringify(json.bias)}`);
  if (json.peft_type !== "LORA" || typeof rank !== "number" || typeof alpha !== "number" || used.length > 0) {
    const why = used.length > 0 ? `uses ${used.join(", ")}` : "is not a LoRA with r and lora_alpha";
    throw new Error(`The adapter in ${where} cannot be read: it ${why}.`);
  }
  const targets = modules(json, "target_modules");
  const exclude = modules(json, "exclude_modules");
  const whole = modules(json, "modules_to_save");
  const layers = json.layers_to_transform;
  const all = Array.isArray(targets) && mapNames.every((name) => targets.includes(name));
  const config: LoraConfig = {
    rank,
    alpha,
    ...(json.use_rslora === true && { rankStabilized: true }),
    ...(typeof dropout === "number" && dropout > 0 && { dropout }),
    ...(targets !== undefined && !(all && targets.length === mapNames.length) && { targets }),
    ...(exclude !== undefined && exclude.length > 0 && { exclude }),
    ...(isUsed(layers) && { layers: [layers].flat().map(Number) }),
    ...(Array.isArray(whole) && whole.length > 0 && { whole }),
  };
  const tables = [whole].flat().some((module) => module?.endsWith("embed_tokens") || module?.endsWith("lm_head"));
  return { config, tying: json.ensure_weight_tying === true || !tables };
}

function modules(json: Json, name: string): string | string[] | undefined {
  const value = json[name];
  if (typeof value === "string") return value;
  return Array.isArray(value) ? value.map(String) : undefined;
}

/** @throws if the adapter is of a kind that cannot be computed, or naming all that does not fit the model. */
export async function readAdapter(
  model: ModelConfig,
  files: { readonly config: string; readonly weights: Uint8Array },
  where: string,
): Promise<Adapter> {
  const { config, tying } = parseAdapterConfig(files.config, where);
  const tied = model.tied && tying;
  const file = await openSafetensorsBytes(files.weights, `${where}/adapter_model.safetensors`);
  const sources = sourcesOf(file, tied);
  const wanted = wantedShapes(model, config, tied, file, sources);
  const wrong = [
    ...[...wanted.keys()].filter((name) => !sources.has(name)).map((name) => `"${name}" is missing`),
    ...[...sources.keys()].filter((name) => !wanted.has(name)).map((name) => `"${name}" has no place`),
    ...[...wanted].flatMap(([name, shape]) => {
      const found = sources.has(name) ? file.shape(sources.get(name)!) : shape;
      return found.join() === shape.join() ? [] : [`"${name}" is [${found}] where the model wants [${shape}]`];
    }),
  ];
  if (wrong.length > 0) {
    const more = wrong.length > 4 ? ` and ${wrong.length - 4} more` : "";
    throw new Error(`The adapter in ${where} does not fit the model: ${wrong.slice(0, 4).join("; ")}${more}.`);
  }
  const adapter: Adapter = { config, tensors: new Map(), tied };
  try {
    for (const name of wanted.keys()) {
      const { values, shape } = await file.read(sources.get(name)!);
      adapter.tensors.set(name, tf.tensor(values, [...shape]));
    }
  } catch (error) {
    disposeAdapter(adapter);
    throw error;
  }
  return adapter;
}

/**
 * Which of the file's tensors holds which weight: PEFT 0.21 writes a module that trains whole also with its wrapper's
 * names, and a tied table twice.
 */
function sourcesOf(file: SafetensorsFile, tied: boolean): Map<string, string> {
  const sources = new Map<string, string>();
  for (const name of file.names) {
    const wrapped = /\.(modules_to_save|original_module)(?=\.)/.exec(name);
    const plain = wrapped ? name.replace(wrapped[0], "") : name;
    const better = !wrapped || (wrapped[1] === "modules_to_save" && !file.names.includes(plain));
    if (better) sources.set(plain, name);
  }
  const [table, head] = [wholeName(embeddingName), wholeName("lm_head.weight")];
  const copy = sources.get(head);
  if (tied && copy !== undefined) {
    sources.delete(head);
    if (!sources.has(table)) sources.set(table, copy);
  }
  return sources;
}

/** Factors, whole modules, and the tables that PEFT adds where the vocabulary was extended. These may be longer than the base's. */
function wantedShapes(
  model: ModelConfig,
  config: LoraConfig,
  tied: boolean,
  file: SafetensorsFile,
  sources: ReadonlyMap<string, string>,
): Map<string, readonly number[]> {
  const wanted = new Map<string, readonly number[]>(factorShapes(model, config));
  const tables = [embeddingName, "lm_head.weight"];
  const shapes = weightShapes(model);
  // Without a tie, training the head of a tied model whole makes a head beside the table.
  const table = !model.tied || tied || config.whole?.some((module) => module.endsWith("embed_tokens")) === true;
  const whole = wholeWeights(model, config).filter((name) => table || name !== embeddingName);
  for (const name of new Set([...whole, ...tables.filter((table) => sources.has(wholeName(table)))])) {
    wanted.set(wholeName(name), shapes.get(name) ?? shapes.get(embeddingName)!);
  }
  const rows = tables.map((table) => sources.get(wholeName(table))).map((name) => (name ? file.shape(name)[0]! : 0));
  const extended = Math.max(model.vocabulary, ...rows);
  for (const table of tables) {
    if (wanted.has(wholeName(table))) wanted.set(wholeName(table), [extended, model.width]);
  }
  return wanted;
}
