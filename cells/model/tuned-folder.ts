/**
 * Saves the result of a training and loads it again. A LoRA is PEFT's two files, and the tokenizer's files if it has an embedding
 * table. Full fine-tuning gives a model folder.
 */

import * as tf from "@tensorflow/tfjs";
import { host } from "../host.ts";
import { type Adapter, adapterVocabulary, disposeAdapter } from "./adapter.ts";
import { readAdapter, writeAdapter } from "./adapter-files.ts";
import { referenceOf } from "./base-reference.ts";
import { type BaseModel, type LocalModel, readTokenizer } from "./chat-model.ts";
import { mergeAdapter } from "./merge.ts";
import { modelFiles, tokenizerFolder } from "./model-files.ts";
import { type ChatTokenizer, chatTokenizer } from "./tokenizer.ts";

/** The files to save: their paths in the run's folder, and their contents. */
export async function adapterFiles(base: BaseModel, adapter: Adapter): Promise<Map<string, string | Uint8Array>> {
  if (adapter.config === "full") {
    const { decoder, made } = mergeAdapter(base.decoder, adapter);
    const files = await modelFiles(decoder.config, decoder.weights, base.tokenizer.files);
    tf.dispose(made);
    return new Map([...files].map(([file, data]) => [`model/${file}`, data]));
  }
  const { config, weights } = await writeAdapter(adapter, referenceOf(base.decoder) ?? base.name);
  const beside = adapterVocabulary(adapter) === undefined ? [] : tokenizerFolder(base.tokenizer.files);
  return new Map<string, string | Uint8Array>([
    ["adapter/adapter_config.json", config],
    ["adapter/adapter_model.safetensors", weights],
    ...beside.map(([file, data]): [string, string] => [`adapter/${file}`, data]),
  ]);
}

/**
 * The base with an adapter from a folder that PEFT or a run wrote. One base can have any number of adapters at once. The weights are
 * freed when the calling cell's generation ends.
 * @throws naming the missing files, what is not supported, or what does not fit the base.
 */
export async function loadAdapter(base: BaseModel, folder: string): Promise<LocalModel> {
  const files = await host().listFiles(folder);
  const missing = ["adapter_config.json", "adapter_model.safetensors"].filter((file) => !files.includes(file));
  if (missing.length > 0) {
    const inside = await foldersOfAdapters(folder, files);
    const wayOut =
      inside.length > 0
        ? `It contains several adapters; give one of ${inside.join(", ")}.`
        : "Give the folder that PEFT or a run saved.";
    throw new Error(`${folder} is not an adapter folder: ${missing.join(" and ")} not found. ${wayOut}`);
  }
  const config = new TextDecoder().decode(await host().readFile(`${folder}/adapter_config.json`));
  const weights = await host().readFile(`${folder}/adapter_model.safetensors`);
  const adapter = await readAdapter(base.decoder.config, { config, weights }, folder);
  host().onDispose(() => disposeAdapter(adapter));
  return base.with(adapter, await ownTokenizer(base, folder, files));
}

/** The adapter's own tokenizer; undefined if it has none, or the base's. */
async function ownTokenizer(
  { tokenizer }: BaseModel,
  folder: string,
  files: readonly string[],
): Promise<ChatTokenizer | undefined> {
  if (!files.includes("tokenizer.json") || !files.includes("tokenizer_config.json")) return undefined;
  const own = await readTokenizer(folder, files);
  if (JSON.stringify(own) === JSON.stringify(tokenizer.files)) return undefined;
  return chatTokenizer(own, folder, tokenizer.settings);
}

/** PEFT saves each of several adapters in a folder of its own. */
async function foldersOfAdapters(folder: string, files: readonly string[]): Promise<string[]> {
  const found = files.map((file) => file.split("/")[0]!).filter((file) => !file.includes("."));
  const inside = [...new Set(found)].map(async (name) => {
    const own = await host()
      .listFiles(`${folder}/${name}`)
      .catch((): string[] => []);
    return own.includes("adapter_config.json") ? [`${folder}/${name}`] : [];
  });
  return (await Promise.all(inside)).flat();
}
