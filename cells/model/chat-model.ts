/**
 * A chat model from a Hugging Face folder: it continues conversations and computes how likely a given answer is. The base and its
 * adapters are views over the same weights; only the base owns them.
 */
import * as tf from "@tensorflow/tfjs";
import type { ChatModel, Completion, GenerateOptions, HeldModel, SampleNll } from "../contracts.ts";
import { sha256 } from "../digest.ts";
import { host } from "../host.ts";
import { parseObject } from "../json.ts";
import type { Sample } from "../types.ts";
import { type Adapter, adapterVocabulary, disposeAdapter, holdAdapter } from "./adapter.ts";
import { nameSavedBase } from "./base-reference.ts";
import { parseConfig } from "./config.ts";
import { type Decoder, decoder, prepared } from "./decoder.ts";
import { encodePrompt, encodeSample } from "./encoding.ts";
import { type Continuation, continueAll } from "./generate.ts";
import { loadWeights } from "./load-weights.ts";
import { adapterDigest } from "./model-digest.ts";
import { targetLogProbabilities } from "./nll.ts";
import { type SampleToken, sampleTokens } from "./sample-tokens.ts";
import { type ChatTokenizer, chatTokenizer, type TokenizerFiles, type TokenizerSettings } from "./tokenizer.ts";
import { turnTexts } from "./turn-text.ts";

/** One token of a given text, and ln of its probability at that place. */
export type TokenLogProbability = { readonly token: number; readonly text: string; readonly logProbability: number };

/** A model that is computed here: the base, or the base with one adapter. */
export interface LocalModel extends ChatModel {
  /** Undefined for the base itself. */
  readonly adapter: Adapter | undefined;
  /** The base's weights, without the adapter. */
  readonly decoder: Decoder;
  readonly tokenizer: ChatTokenizer;
  /** ln p of each token in the samples' segments with a weight other than 0, given all tokens before it. */
  logProbabilities(samples: readonly Sample[]): Promise<TokenLogProbability[][]>;
  /** The tokens of a sample as this model reads them, with role and weight; `tokens(model, sample)` shows them in colour. */
  tokens(sample: Sample): SampleToken[];
}

/** The frozen base. */
export interface BaseModel extends LocalModel {
  /** The base with an adapter. Each call uses the adapter's weights of that moment. @param tokenizer the adapter's own, if it has added tokens */
  with(adapter: Adapter, tokenizer?: ChatTokenizer): LocalModel;
}

export type ChatModelParts = {
  readonly name: string;
  readonly digest: string;
  readonly decoder: Decoder;
  readonly tokenizer: ChatTokenizer;
};

/**
 * Loads a model.
 * @param name of a model that ships with Palimpsest, or the path of a model folder
 * @param settings `template` holds arguments of the chat template: `{ enable_thinking: true }`, `{ system: "Be brief." }`
 * @returns the base; its weights are freed when the calling cell's generation ends
 * @throws naming the missing files, or what Palimpsest does not support in this model.
 */
export async function chatModel(name: string, settings: TokenizerSettings = {}): Promise<BaseModel> {
  checkSettings(settings);
  const folder = await host().modelFolder(name);
  const files = await host().listFiles(folder);
  requireFiles(folder, files);
  const text = async (file: string): Promise<string> =>
    new TextDecoder().decode(await host().readFile(`${folder}/${file}`));
  const config = parseConfig(await text("config.json"), `${folder}/config.json`);
  const tokenizer = chatTokenizer(await readTokenizer(folder, files), folder, settings);
  const generation = files.includes("generation_config.json")
    ? parseObject(await text("generation_config.json"), `${folder}/generation_config.json`)
    : {};
  const ends = [generation.eos_token_id].flat().filter((id) => typeof id === "number");
  const { weights, digest } = await loadWeights(folder, files, config);
  const made = decoder({ ...config, endTokens: [...new Set([...config.endTokens, ...ends])] }, weights);
  host().onDispose(() => tf.dispose([made.frequencies, ...weights.values()]));
  nameSavedBase(made, folder);
  loaded.set(made, { name, settings, tokenizer });
  return baseModel({ name, digest, decoder: made, tokenizer });
}

type Origin = { readonly name: string; readonly settings: TokenizerSettings };
const loaded = new WeakMap<Decoder, Origin & { readonly tokenizer: ChatTokenizer }>();

/** What `chatModel` needs to load the model's base again; undefined if the base or its tokenizer was made in a notebook. */
export function originOf({ decoder, tokenizer }: Pick<LocalModel, "decoder" | "tokenizer">): Origin | undefined {
  const origin = loaded.get(decoder);
  return origin?.tokenizer === tokenizer ? { name: origin.name, settings: origin.settings } : undefined;
}

function checkSettings({ encoding = "joint", template, ...unknown }: TokenizerSettings): void {
  const names = Object.keys(unknown);
  if (names.length > 0)
    throw new Error(
      `chatModel(…) does not know ${names.join(", ")}. Its options are encoding and template; arguments of the chat template ` +
        `belong in template: { ${names.join(", ")} }.`,
    );
  if (encoding !== "joint" && encoding !== "pieces")
    throw new Error(`chatModel(…): encoding must be "joint" or "pieces", not ${JSON.stringify(encoding)}.`);
  if (template !== undefined && (typeof template !== "object" || template === null))
    throw new Error("chatModel(…): template must be an object of arguments, such as { enable_thinking: true }.");
}

/** Reads the tokenizer's files. @param files the names of all files in the folder */
export async function readTokenizer(folder: string, files: readonly string[]): Promise<TokenizerFiles> {
  const text = async (file: string): Promise<string> =>
    new TextDecoder().decode(await host().readFile(`${folder}/${file}`));
  return {
    tokenizer: await text("tokenizer.json"),
    config: await text("tokenizer_config.json"),
    template: files.includes("chat_template.jinja") ? await text("chat_template.jinja") : undefined,
  };
}

/** A base model over weights that the caller owns. @throws if the tokenizer has more tokens than the model. */
export function baseModel(parts: ChatModelParts): BaseModel {
  return {
    ...view(parts, undefined),
    with: (adapter, tokenizer = parts.tokenizer) => view({ ...parts, tokenizer }, adapter),
  };
}

function view(parts: ChatModelParts, adapter: Adapter | undefined): LocalModel {
  const { name, digest, decoder, tokenizer } = parts;
  const vocabulary = (adapter && adapterVocabulary(adapter)) ?? decoder.config.vocabulary;
  if (tokenizer.size > vocabulary) {
    throw new Error(
      `The tokenizer of ${name} has ${tokenizer.size} tokens, but its model has only ${vocabulary}. ` +
        "Use the tokenizer files that belong to the model.",
    );
  }
  // A call may take seconds while a training goes on: it uses the adapter's weights of its beginning.
  const withHeld = async <T>(work: (held: Adapter | undefined) => Promise<T>): Promise<T> => {
    const held = adapter && prepared(decoder, holdAdapter(adapter));
    try {
      return await work(held);
    } finally {
      if (held) disposeAdapter(held);
    }
  };
  // A tokenizer file may have tens of megabytes, and a measure asks for the state at each call.
  let known: Promise<string> | undefined;
  const fixedState = (): Promise<string> => {
    const { files, encoding, template } = tokenizer;
    known ??= sha256(JSON.stringify([decoder.config, files, encoding, template]));
    return known;
  };
  const stopTokens = new Set(decoder.config.endTokens);
  if (tokenizer.endOfTurn !== undefined) stopTokens.add(tokenizer.endOfTurn);
  const likelihoods = async (samples: readonly Sample[]) => {
    const encoded = samples.map((sample) => encodeSample(tokenizer, sample));
    return { encoded, found: await withHeld((held) => targetLogProbabilities(decoder, held, encoded)) };
  };
  return {
    name,
    digest,
    adapter,
    decoder,
    tokenizer,
    tokens: (sample) => sampleTokens(tokenizer, sample),
    state: async () => sha256(JSON.stringify([await adapterDigest(adapter), await fixedState()])),
    ...(adapter && { hold: () => heldView(parts, holdAdapter(adapter)) }),
    generate: (prompts, options: GenerateOptions) =>
      withHeld(async (held) => {
        const ids = prompts.map((prompt) => encodePrompt(tokenizer, prompt));
        const turns = turnTexts(tokenizer, prompts, ids, options);
        // Of beams, only the best one is passed on, when it is whole.
        const { afterToken } =
          (options.beams ?? 1) > 1 ? turnTexts(tokenizer, prompts, ids, { stop: options.stop }) : turns;
        const completion = ({ tokens, ended }: Continuation, index: number): Completion => {
          return { ...turns.finish(tokens, index), tokens: tokens.length, ended };
        };
        const { onCompletion, label } = options;
        const afterRow = onCompletion && ((row: Continuation, at: number) => onCompletion(completion(row, at), at));
        const settings = { ...options, stopTokens, label, afterToken, afterRow };
        return (await continueAll(decoder, held, ids, settings)).map(completion);
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
          return { token, text: tokenizer.textOf(token), logProbability: found[index]![at]! };
        });
      });
    },
  };
}

/** Its weights never change: their digest is computed once, and to hold it again takes nothing. */
function heldView(parts: ChatModelParts, adapter: Adapter): HeldModel {
  const model = view(parts, adapter);
  let known: Promise<string> | undefined;
  const held: HeldModel = {
    ...model,
    state: () => {
      known ??= model.state!();
      return known;
    },
    hold: () => ({ ...held, release: () => {} }),
    release: () => disposeAdapter(adapter),
  };
  return held;
}

function requireFiles(folder: string, files: readonly string[]): void {
  const weights = ["model.safetensors", "model.safetensors.index.json"];
  const missing = ["config.json", "tokenizer.json", "tokenizer_config.json"].filter((file) => !files.includes(file));
  if (!weights.some((file) => files.includes(file))) missing.push("model.safetensors");
  if (missing.length === 0) return;
  throw new Error(
    `${folder} is not a model folder: missing ${missing.join(", ")}. ` +
      "Give the folder into which a Hugging Face model was downloaded.",
  );
}
