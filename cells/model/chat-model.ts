/**
 * A chat model out of a Hugging Face folder: it continues conversations and says how likely an answer is. The base and
 * its adapters are views over the same weights; only the base owns them.
 */
import * as tf from "@tensorflow/tfjs";
import type { ChatModel, Completion, GenerateOptions, SampleNll } from "../contracts.ts";
import { host } from "../host.ts";
import type { Sample } from "../types.ts";
import { type Adapter, adapterVocabulary, disposeAdapter, holdAdapter } from "./adapter.ts";
import { parseConfig } from "./config.ts";
import { type Decoder, decoder } from "./decoder.ts";
import { encodePrompt, encodeSample } from "./encoding.ts";
import { continueAll } from "./generate.ts";
import { parseObject } from "./json.ts";
import { targetLogProbabilities } from "./nll.ts";
import { type ChatTokenizer, chatTokenizer, type TokenizerFiles } from "./tokenizer.ts";
import { writing } from "./turn-text.ts";
import { loadWeights } from "./weights.ts";

/** One token of a given text, and ln of the probability that the model gave it there. */
export type TokenLogProbability = { readonly token: number; readonly text: string; readonly logProbability: number };

/** The base, or the base with one adapter on. */
export interface LocalModel extends ChatModel {
  /** Undefined for the base itself. */
  readonly adapter: Adapter | undefined;
  /** The base's weights, without the adapter. */
  readonly decoder: Decoder;
  readonly tokenizer: ChatTokenizer;
  /** How likely each token of the samples' segments of non-zero weight is, given all that stands before it. */
  logProbabilities(samples: readonly Sample[]): Promise<TokenLogProbability[][]>;
}

/** The frozen base, and what a training needs of it. */
export interface BaseModel extends LocalModel {
  /** The base with an adapter on, as the adapter is whenever the model is asked. @param tokenizer the adapter's own, if it has added tokens */
  with(adapter: Adapter, tokenizer?: ChatTokenizer): LocalModel;
}

export type ChatModelParts = {
  readonly name: string;
  readonly digest: string;
  readonly decoder: Decoder;
  readonly tokenizer: ChatTokenizer;
};

/**
 * Loads a model that ships with Palimpsest by its name, or a folder of the user's. Its weights are freed with the
 * calling cell's generation.
 * @throws naming the files that the folder lacks, or what about the model cannot be computed.
 */
export async function chatModel(name: string): Promise<BaseModel> {
  const folder = await host().modelFolder(name);
  const files = await host().listFiles(folder);
  requireFiles(folder, files);
  const text = async (file: string): Promise<string> =>
    new TextDecoder().decode(await host().readFile(`${folder}/${file}`));
  const config = parseConfig(await text("config.json"), `${folder}/config.json`);
  const tokenizer = chatTokenizer(await readTokenizer(folder, files), folder);
  const generation = files.includes("generation_config.json")
    ? parseObject(await text("generation_config.json"), `${folder}/generation_config.json`)
    : {};
  const ends = [generation.eos_token_id].flat().filter((id) => typeof id === "number");
  const { weights, digest } = await loadWeights(folder, files, config);
  const made = decoder({ ...config, endTokens: [...new Set([...config.endTokens, ...ends])] }, weights);
  host().onDispose(() => tf.dispose([made.frequencies, ...weights.values()]));
  loaded.set(made, { name, tokenizer });
  return baseModel({ name, digest, decoder: made, tokenizer });
}

const loaded = new WeakMap<Decoder, { readonly name: string; readonly tokenizer: ChatTokenizer }>();

/** The name by which `chatModel` gives the model's base again; undefined where the base, or its tokenizer, was made here. */
export function originOf({ decoder, tokenizer }: Pick<LocalModel, "decoder" | "tokenizer">): string | undefined {
  const origin = loaded.get(decoder);
  return origin?.tokenizer === tokenizer ? origin.name : undefined;
}

/** The tokenizer's files in a folder that holds them. */
export async function readTokenizer(folder: string, files: readonly string[]): Promise<TokenizerFiles> {
  const text = async (file: string): Promise<string> =>
    new TextDecoder().decode(await host().readFile(`${folder}/${file}`));
  return {
    tokenizer: await text("tokenizer.json"),
    config: await text("tokenizer_config.json"),
    template: files.includes("chat_template.jinja") ? await text("chat_template.jinja") : undefined,
  };
}

/** A base model over weights that somebody else owns. @throws if the tokenizer has tokens that the model does not know. */
export function baseModel(parts: ChatModelParts): BaseModel {
  return {
    ...view(parts, undefined),
    with: (adapter, tokenizer = parts.tokenizer) => view({ ...parts, tokenizer }, adapter),
  };
}

function view(parts: ChatModelParts, adapter: Adapter | undefined): LocalModel {
  const { name, digest, decoder, tokenizer } = parts;
  const known = (adapter && adapterVocabulary(adapter)) ?? decoder.config.vocabulary;
  if (tokenizer.size > known) {
    throw new Error(
      `The tokenizer of ${name} has ${tokenizer.size} tokens, but its model knows ${known}; they are not of one model.`,
    );
  }
  // A question may take seconds in which a training goes on: it is answered by the adapter as it was when asked.
  const asked = async <T>(answer: (held: Adapter | undefined) => Promise<T>): Promise<T> => {
    const held = adapter && holdAdapter(adapter);
    try {
      return await answer(held);
    } finally {
      if (held) disposeAdapter(held);
    }
  };
  const stopTokens = new Set(decoder.config.endTokens);
  if (tokenizer.endOfTurn !== undefined) stopTokens.add(tokenizer.endOfTurn);
  const likelihoods = async (samples: readonly Sample[]) => {
    const encoded = samples.map((sample) => encodeSample(tokenizer, sample));
    return { encoded, found: await asked((held) => targetLogProbabilities(decoder, held, encoded)) };
  };
  return {
    name,
    digest,
    adapter,
    decoder,
    tokenizer,
    generate: (prompts, options: GenerateOptions) =>
      asked(async (held) => {
        const ids = prompts.map((prompt) => encodePrompt(tokenizer, prompt));
        const turns = writing(tokenizer, prompts, options);
        const settings = { ...options, stopTokens, label: options.label, wrote: turns.wrote };
        const continuations = await continueAll(decoder, held, ids, settings);
        return continuations.map(({ tokens, ended }, index): Completion => {
          return { text: turns.finish(tokens, index), tokens: tokens.length, ended };
        });
      }),
    async nll(samples: readonly Sample[]): Promise<SampleNll[]> {
      const { found } = await likelihoods(samples);
      return found.map((values) => ({ nll: values.reduce((sum, value) => sum - value, 0), tokens: values.length }));
    },
    async logProbabilities(samples) {
      const { encoded, found } = await likelihoods(samples);
      return encoded.map(({ ids, spans }, index) => {
        const targets = spans.flatMap(({ from, to }) => ids.slice(from, to));
        return targets.map((token, at) => {
          return { token, text: tokenizer.decode([token], "with special"), logProbability: found[index]![at]! };
        });
      });
    },
  };
}

function requireFiles(folder: string, files: readonly string[]): void {
  const weights = ["model.safetensors", "model.safetensors.index.json"];
  const missing = ["config.json", "tokenizer.json", "tokenizer_config.json"].filter((file) => !files.includes(file));
  if (!weights.some((file) => files.includes(file))) missing.push("model.safetensors");
  if (missing.length === 0) return;
  throw new Error(
    `${folder} is not a model's folder: it lacks ${missing.join(", ")}. ` +
      "Give the folder that a Hugging Face model was downloaded to.",
  );
}
