/**
 * Saves a model in Hugging Face's formats: an adapter as PEFT's folder, or all weights as a model folder that transformers and
 * `chatModel` load. Both have the tokenizer's files beside them.
 */
import * as tf from "@tensorflow/tfjs";
import type { ChatModel } from "../contracts.ts";
import { host } from "../host.ts";
import { requireKnown } from "../options.ts";
import { writeAdapter } from "./adapter-files.ts";
import { nameSavedBase, referenceOf } from "./base-reference.ts";
import type { LocalModel } from "./chat-model.ts";
import { mergeAdapter } from "./merge.ts";
import { modelFiles, tokenizerFolder } from "./model-files.ts";

export type SaveOptions = {
  /** `"adapter"` (the default for a model with a LoRA): the adapter alone. `"model"`: all weights, with the adapter merged into them. */
  readonly as?: "adapter" | "model";
  /** Type of the weights of a model. `"bfloat16"` halves the file and rounds to three digits. Default: `"float32"`. */
  readonly dtype?: "float32" | "bfloat16";
};

/**
 * Saves a model with its weights of this moment.
 * @param path a folder inside the workspace; files in it are replaced
 * @returns the path, for `loadAdapter` or `chatModel`
 * @throws if the model is not computed here, or has no adapter to save
 */
export async function save(model: ChatModel, path: string, options: SaveOptions = {}): Promise<string> {
  requireKnown("save(…)", options, ["as", "dtype"], {
    torch_dtype: "dtype",
    safe_serialization: "Weights are always saved as safetensors.",
  });
  if (!isLocal(model))
    throw new Error(`save(…): "${model.name}" is not computed by Palimpsest, so there are no weights to save.`);
  const isLora = model.adapter !== undefined && model.adapter.config !== "full";
  const { as = isLora ? "adapter" : "model", dtype = "float32" } = options;
  if (as !== "adapter" && as !== "model")
    throw new Error(`save(…): as must be "adapter" or "model", not ${JSON.stringify(as)}.`);
  if (dtype !== "float32" && dtype !== "bfloat16")
    throw new Error(`save(…): dtype must be "float32" or "bfloat16", not ${JSON.stringify(dtype)}.`);
  const files = as === "adapter" ? await adapterFolder(model) : await modelFolder(model, dtype);
  const folder = path.replace(/\/+$/, "");
  for (const [file, data] of files) await host().writeFile(`${folder}/${file}`, data);
  if (as === "model" && !model.adapter) nameSavedBase(model.decoder, await host().modelFolder(asFolder(folder)));
  return folder;
}

async function adapterFolder({
  adapter,
  decoder,
  tokenizer,
  name,
}: LocalModel): Promise<Map<string, string | Uint8Array>> {
  if (!adapter || adapter.config === "full")
    throw new Error(`save(…): "${name}" has no LoRA to save. Save it with { as: "model" }.`);
  const { config, weights } = await writeAdapter(adapter, referenceOf(decoder) ?? name);
  return new Map<string, string | Uint8Array>([
    ["adapter_config.json", config],
    ["adapter_model.safetensors", weights],
    ...tokenizerFolder(tokenizer.files),
  ]);
}

async function modelFolder(
  { adapter, decoder, tokenizer }: LocalModel,
  dtype: "float32" | "bfloat16",
): Promise<Map<string, string | Uint8Array>> {
  const { decoder: whole, made } = adapter ? mergeAdapter(decoder, adapter) : { decoder, made: [] };
  try {
    return await modelFiles(whole.config, whole.weights, tokenizer.files, dtype);
  } finally {
    tf.dispose(made);
  }
}

/** A name without a slash could be that of a model that ships with Palimpsest. */
const asFolder = (path: string): string => (path.includes("/") ? path : `./${path}`);

function isLocal(model: ChatModel): model is LocalModel {
  return "decoder" in model && "tokenizer" in model;
}
