/**
 * Adds tokens to a model: to its tokenizer, and one row each to the embeddings and the output layer. The new rows are the mean of
 * the existing ones, so that untrained tokens do not take probability from the others (Hewitt 2021,
 * https://nlp.stanford.edu/~johnhew/vocab-expansion.html). The tokens mean nothing until these tables are trained:
 * `lora({ rank, modulesToSave: ["embed_tokens", "lm_head"] })` trains them and saves them with the adapter.
 */
import * as tf from "@tensorflow/tfjs";
import { sha256 } from "../digest.ts";
import { host } from "../host.ts";
import { parseObject } from "../json.ts";
import { type BaseModel, baseModel } from "./chat-model.ts";
import { chatTokenizer, type TokenizerFiles } from "./tokenizer.ts";
import { embeddingName, headName } from "./weights.ts";

/**
 * A base with more tokens. It shares all other weights with the given one, which does not change. The new tables are freed when the
 * calling cell's generation ends.
 * @throws naming the tokens that the tokenizer already has.
 */
export async function extendVocabulary(base: BaseModel, tokens: readonly string[]): Promise<BaseModel> {
  const { config, weights } = base.decoder;
  const files = extendTokenizer(base.tokenizer.files, tokens, config.vocabulary, base.name);
  const vocabulary = config.vocabulary + tokens.length;
  const tables = new Map(
    [...new Set([embeddingName, headName(config)])].map((name) => [name, grown(weights.get(name)!, tokens.length)]),
  );
  host().onDispose(() => tf.dispose([...tables.values()]));
  return baseModel({
    name: base.name,
    digest: await sha256([base.digest, ...tokens].join("\n")),
    decoder: { ...base.decoder, config: { ...config, vocabulary }, weights: new Map([...weights, ...tables]) },
    tokenizer: chatTokenizer(files, base.name, base.tokenizer.settings),
  });
}

/** `[rows, width]` → `[rows + more, width]`. */
function grown(table: tf.Tensor, more: number): tf.Tensor {
  return tf.tidy(() => {
    const mean = tf.mean(table, 0, true);
    return tf.concat([table, tf.tile(mean, [more, 1])], 0);
  });
}

/** The tokenizer with added tokens; their ids begin at `first`, after all rows of the model's table (which may have unused rows). */
function extendTokenizer(
  files: TokenizerFiles,
  tokens: readonly string[],
  first: number,
  where: string,
): TokenizerFiles {
  const json = parseObject(files.tokenizer, `${where}/tokenizer.json`);
  const added = Array.isArray(json.added_tokens) ? (json.added_tokens as { content: string }[]) : [];
  const vocabulary = (json.model as { vocab?: unknown } | undefined)?.vocab ?? {};
  const listed = Array.isArray(vocabulary) ? vocabulary.map(([token]) => String(token)) : Object.keys(vocabulary);
  const known = new Set([...added.map(({ content }) => content), ...listed]);
  const rejected = tokens.filter((token, at) => known.has(token) || tokens.indexOf(token) !== at || token === "");
  if (rejected.length > 0) {
    const list = rejected.map((token) => JSON.stringify(token)).join(", ");
    throw new Error(`The tokenizer of ${where} cannot add ${list}: each token must be new, given once and not empty.`);
  }
  const flags = { single_word: false, lstrip: false, rstrip: false, normalized: false, special: false };
  const more = tokens.map((content, at) => ({ id: first + at, content, ...flags }));
  return { ...files, tokenizer: JSON.stringify({ ...json, added_tokens: [...added, ...more] }) };
}
