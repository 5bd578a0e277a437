/**
 * Adds tokens to a model: to its tokenizer, and one row each to the embeddings and the output layer. The new rows are the mean of
 * the existing ones, so that untrained tokens do not take probability from the others (Hewitt 2021,
 * https://nlp.stanford.edu/~johnhew/vocab-expansion.html). The tokens mean nothing until these tables are trained:
 * `lora({ rank, modulesToSave: ["embed_tokens", "lm_head"] })` trains them and saves them with the adapter.
 */
import * as tf from "@tensorflow/tfjs";
import { sha256 } from "../digest.ts";
import { host } from "../host.ts";
import { isRecord, parseObject } from "../json.ts";
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
  const { files, first } = extendTokenizer(base.tokenizer.files, tokens, base.name);
  // Many tables have more rows than the tokenizer has tokens; new tokens take those first, as in transformers.
  const vocabulary = Math.max(config.vocabulary, first + tokens.length);
  const tables = new Map(
    [...new Set([embeddingName, headName(config)])].map((name) => [
      name,
      withMeanRows(weights.get(name)!, first, tokens.length),
    ]),
  );
  host().onDispose(() => tf.dispose([...tables.values()]));
  return baseModel({
    name: base.name,
    digest: await sha256([base.digest, ...tokens].join("\n")),
    decoder: { ...base.decoder, config: { ...config, vocabulary }, weights: new Map([...weights, ...tables]) },
    tokenizer: chatTokenizer(files, base.name, base.tokenizer.settings),
  });
}

/** The table with the mean of its rows before `first` in the `count` rows from there on. Rows after them stay. */
function withMeanRows(table: tf.Tensor, first: number, count: number): tf.Tensor {
  const [rows, width] = table.shape as [number, number];
  return tf.tidy(() => {
    const used = tf.slice(table as tf.Tensor2D, [0, 0], [Math.min(first, rows), width]);
    const parts = [used, tf.tile(tf.mean(used, 0, true), [count, 1])];
    const rest = rows - first - count;
    if (rest > 0) parts.push(tf.slice(table as tf.Tensor2D, [first + count, 0], [rest, width]));
    return tf.concat(parts, 0);
  });
}

type AddedToken = { readonly id: number; readonly content: string };

/** The tokenizer with added tokens. They get the ids that transformers gives them: the next free ones of the tokenizer. */
function extendTokenizer(
  files: TokenizerFiles,
  tokens: readonly string[],
  where: string,
): { files: TokenizerFiles; first: number } {
  const json = parseObject(files.tokenizer, `${where}/tokenizer.json`);
  const config = parseObject(files.config, `${where}/tokenizer_config.json`);
  const added = Array.isArray(json.added_tokens) ? (json.added_tokens as AddedToken[]) : [];
  const vocabulary = (json.model as { vocab?: unknown } | undefined)?.vocab ?? {};
  const listed = Array.isArray(vocabulary) ? vocabulary.map(([token]) => String(token)) : Object.keys(vocabulary);
  const known = new Set([...added.map(({ content }) => content), ...listed]);
  const rejected = tokens.filter((token, at) => known.has(token) || tokens.indexOf(token) !== at || token === "");
  if (rejected.length > 0) {
    const list = rejected.map((token) => JSON.stringify(token)).join(", ");
    throw new Error(`The tokenizer of ${where} cannot add ${list}: each token must be new, given once and not empty.`);
  }
  const first = added.reduce((next, { id }) => Math.max(next, id + 1), listed.length);
  const flags = { single_word: false, lstrip: false, rstrip: false, normalized: false, special: false };
  const all = [...added, ...tokens.map((content, at) => ({ id: first + at, content, ...flags }))];
  // Some tokenizers of transformers read the added tokens from here alone.
  const decoder = Object.fromEntries(all.map(({ id, ...token }) => [String(id), token]));
  const own = isRecord(config.added_tokens_decoder) ? config.added_tokens_decoder : {};
  return {
    first,
    files: {
      ...files,
      tokenizer: JSON.stringify({ ...json, added_tokens: all }),
      config: `${JSON.stringify({ ...config, added_tokens_decoder: { ...decoder, ...own } }, null, 2)}\n`,
    },
  };
}
