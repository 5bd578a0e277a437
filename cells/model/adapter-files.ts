/**
 * An adapter's two files in PEFT's format: `adapter_config.json` and `adapter_model.safetensors`. Reading checks names and shapes
 * against the model before anything is copied to the device.
 */
import * as tf from "@tensorflow/tfjs";
import {
  type Adapter,
  adapterVocabulary,
  disposeAdapter,
  factorShapes,
  fullyTrainedName,
  tokenRowsName,
} from "./adapter.ts";
import { type AdapterConfig, parseAdapterConfig, printAdapterConfig } from "./adapter-config.ts";
import { fullyTrainedWeights } from "./lora.ts";
import type { ModelConfig } from "./model-config.ts";
import { openSafetensorsBytes, type SafetensorsFile } from "./safetensors.ts";
import { downloadWeights, embeddingName, weightShapes } from "./weights.ts";
import { writeSafetensors } from "./write-safetensors.ts";

export type AdapterFiles = { readonly config: string; readonly weights: Uint8Array };

/** The two files of a LoRA. @throws for full fine-tuning, which is saved as a model. */
export async function writeAdapter(adapter: Adapter, baseName: string): Promise<AdapterFiles> {
  const { config } = adapter;
  if (config === "full") throw new Error("Full fine-tuning has no adapter to save; save it as a model.");
  const tensors = new Map(adapter.tensors);
  const table = tensors.get(fullyTrainedName(embeddingName));
  // PEFT expects a tied table under both names.
  if (adapter.tied && table) tensors.set(fullyTrainedName("lm_head.weight"), table);
  const weights = writeSafetensors(await downloadWeights(tensors));
  const tiesWeights = adapter.tied && adapterVocabulary(adapter) !== undefined;
  return { config: printAdapterConfig(config, baseName, tiesWeights), weights };
}

/** @throws if Palimpsest cannot compute this kind of adapter, or listing what does not fit the model. */
export async function readAdapter(model: ModelConfig, files: AdapterFiles, where: string): Promise<Adapter> {
  const { config, tiesWeights } = parseAdapterConfig(files.config, where);
  const tied = model.tied && tiesWeights;
  const file = await openSafetensorsBytes(files.weights, `${where}/adapter_model.safetensors`);
  const sources = sourcesOf(file, tied, model.vocabulary);
  const expected = named(where, () => expectedShapes(model, { config, tiesWeights }, file, sources));
  requireFit(expected, file, sources, where);
  const adapter: Adapter = { config, tensors: new Map(), tied };
  try {
    for (const name of expected.keys()) {
      const { values, shape } = await file.read(sources.get(name)!);
      adapter.tensors.set(name, tf.tensor(values, [...shape]));
    }
  } catch (error) {
    disposeAdapter(adapter);
    throw error;
  }
  return adapter;
}

/** From the name of each weight to the name of the tensor in the file that holds it. */
type Sources = ReadonlyMap<string, string>;

/** PEFT 0.21 writes a fully trained module under the names of its wrapper as well, and a tied table twice. */
function sourcesOf(file: SafetensorsFile, tied: boolean, vocabulary: number): Sources {
  const sources = new Map<string, string>();
  for (const name of file.names) {
    const wrapped = /\.(modules_to_save|original_module|base_layer)(?=\.)/.exec(name);
    // PEFT saves an adapted table beside its factors; it is the base's own.
    if (wrapped?.[1] === "base_layer" && file.shape(name)[0] === vocabulary) continue;
    const plain = wrapped ? name.replace(wrapped[0], "") : name;
    const isPreferred = !wrapped || (wrapped[1] !== "original_module" && !file.names.includes(plain));
    if (isPreferred) sources.set(plain, name);
  }
  const [table, head] = [fullyTrainedName(embeddingName), fullyTrainedName("lm_head.weight")];
  const copy = sources.get(head);
  if (tied && copy !== undefined) {
    sources.delete(head);
    if (!sources.has(table)) sources.set(table, copy);
  }
  return sources;
}

/**
 * Factors, fully trained modules, and the tables that PEFT adds when the vocabulary was extended. Such tables may have more rows
 * than the base's.
 */
function expectedShapes(
  model: ModelConfig,
  { config, tiesWeights }: AdapterConfig,
  file: SafetensorsFile,
  sources: Sources,
): Map<string, readonly number[]> {
  const tables = [embeddingName, "lm_head.weight"];
  const shapes = weightShapes(model);
  // If a tied model's output layer is trained without the tie, the adapter has an output layer and no embedding table.
  const trainsTable =
    !model.tied || tiesWeights || config.modulesToSave?.some((module) => module.endsWith("embed_tokens")) === true;
  const fullyTrained = fullyTrainedWeights(model, config).filter((name) => trainsTable || name !== embeddingName);
  const tablesInFile = tables.filter((table) => sources.has(fullyTrainedName(table)));
  const rows = tablesInFile.map((table) => file.shape(sources.get(fullyTrainedName(table))!)[0]!);
  const vocabulary = Math.max(model.vocabulary, ...rows);
  const expected = new Map<string, readonly number[]>(factorShapes({ ...model, vocabulary }, config));
  for (const [table, indices] of Object.entries(config.tokenRows ?? {})) {
    const beyond = indices.filter((index) => index >= vocabulary);
    if (beyond.length > 0)
      throw new Error(`it trains the tokens ${beyond.join(", ")}, but there are only ${vocabulary}`);
    expected.set(tokenRowsName(table), [indices.length, model.width]);
  }
  for (const name of new Set([...fullyTrained, ...tablesInFile])) {
    expected.set(fullyTrainedName(name), shapes.get(name) ?? shapes.get(embeddingName)!);
  }
  for (const table of tables) {
    const name = fullyTrainedName(table);
    if (expected.has(name)) expected.set(name, [vocabulary, model.width]);
  }
  return expected;
}

/** A pattern that is not valid, or names that the model does not have, are faults of this folder. */
function named<T>(where: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new Error(`The adapter in ${where} does not fit the model: ${(error as Error).message}`);
  }
}

/** @throws listing the first four tensors that are missing, not expected or of another shape. */
function requireFit(
  expected: ReadonlyMap<string, readonly number[]>,
  file: SafetensorsFile,
  sources: Sources,
  where: string,
): void {
  const faults = [
    ...[...expected.keys()].filter((name) => !sources.has(name)).map((name) => `"${name}" is missing`),
    ...[...sources.keys()].filter((name) => !expected.has(name)).map((name) => `"${name}" has no place in the model`),
    ...[...expected].flatMap(([name, shape]) => {
      const found = sources.has(name) ? file.shape(sources.get(name)!) : shape;
      return found.join() === shape.join()
        ? []
        : [`"${name}" has the shape [${found}], but the model needs [${shape}]`];
    }),
  ];
  if (faults.length === 0) return;
  const more = faults.length > 4 ? ` and ${faults.length - 4} more` : "";
  throw new Error(`The adapter in ${where} does not fit the model: ${faults.slice(0, 4).join("; ")}${more}.`);
}
