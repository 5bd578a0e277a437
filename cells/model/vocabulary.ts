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
import { sameBase } from "./base-reference.ts";
import { type BaseModel, baseModel } from "./chat-model.ts";
import { chatTokenizer, type TokenizerFiles } from "./tokenizer.ts";
import { type Pieces, withPieces } from "./tokenizer-pieces.ts";
import { embeddingName, headName } from "./weights.ts";

export type ExtendOptions = {
  /** Pieces of words, from `newPieces`. Their rows are the mean of the rows of the tokens that a piece had before. */
  readonly pieces?: Pieces;
};

/**
 * A base with more tokens. It shares all other weights with the given one, which does not change. The new tables are freed when the
 * calling cell's generation ends.
 * @throws naming the tokens that the tokenizer already has.
 */
export async function extendVocabulary(
  base: BaseModel,
  tokens: readonly string[],
  { pieces }: ExtendOptions = {},
): Promise<BaseModel> {
  const grown = pieces ? await withMorePieces(base, pieces) : base;
  const { config } = grown.decoder;
  const { files, first } = extendTokenizer(grown.tokenizer.files, tokens, base.name);
  // Many tables have more rows than the tokenizer has tokens; new tokens take those first, as in transformers.
  const vocabulary = Math.max(config.vocabulary, first + tokens.length);
  const tables = eachTable(grown, (table) => withRows(table, first, meanRows(table, first, tokens.length)));
  return extended(grown, files, vocabulary, tables, await sha256([grown.digest, ...tokens].join("\n")));
}

async function withMorePieces(base: BaseModel, pieces: Pieces): Promise<BaseModel> {
  const { config } = base.decoder;
  const { files, first } = withPieces(base.tokenizer.files, pieces);
  const tokenizer = chatTokenizer(files, base.name, base.tokenizer.settings);
  const count = tokenizer.size - first;
  const before = Array.from({ length: count }, (_, at) => {
    const ids = base.tokenizer.encode(tokenizer.decodeAfter([], [first + at]));
    return ids.length === 0 ? [0] : ids;
  });
  const tables = eachTable(base, (table) => {
    const rows = before.map((ids) => tf.mean(tf.gather(table, tf.tensor1d(ids, "int32")), 0, true));
    return withRows(table, first, count === 0 ? undefined : (tf.concat(rows, 0) as tf.Tensor2D));
  });
  const vocabulary = Math.max(config.vocabulary, first + count);
  return extended(base, files, vocabulary, tables, await sha256([base.digest, JSON.stringify(pieces)].join("\n")));
}

type Tables = ReadonlyMap<string, tf.Tensor>;

/** The embeddings, and the output layer if it is another table. */
function eachTable({ decoder: { config, weights } }: BaseModel, change: (table: tf.Tensor2D) => tf.Tensor): Tables {
  const names = [...new Set([embeddingName, headName(config)])];
  return new Map(names.map((name) => [name, tf.tidy(() => change(weights.get(name) as tf.Tensor2D))]));
}

function extended(
  base: BaseModel,
  files: TokenizerFiles,
  vocabulary: number,
  tables: Tables,
  digest: string,
): BaseModel {
  host().onDispose(() => tf.dispose([...tables.values()]));
  const { config, weights } = base.decoder;
  const larger = { ...base.decoder, config: { ...config, vocabulary }, weights: new Map([...weights, ...tables]) };
  return baseModel({
    name: base.name,
    digest,
    decoder: sameBase(larger, base.decoder),
    tokenizer: chatTokenizer(files, base.name, base.tokenizer.settings),
  });
}

/** `[count, width]`, each row the mean of the rows before `first`. */
function meanRows(table: tf.Tensor2D, first: number, count: number): tf.Tensor2D | undefined {
  const [rows, width] = table.shape;
  const used = tf.slice(table, [0, 0], [Math.min(first, rows), width]);
  return count === 0 ? undefined : tf.tile(tf.mean(used, 0, true) as tf.Tensor2D, [count, 1]);
}

/** The table with other rows from `first` on. Rows after them stay. */
function withRows(table: tf.Tensor2D, first: number, rows: tf.Tensor2D | undefined): tf.Tensor {
  if (!rows) return table.clone();
  const [height, width] = table.shape;
  const parts = [tf.slice(table, [0, 0], [Math.min(first, height), width]), rows];
  const rest = height - first - rows.shape[0];
  if (rest > 0) parts.push(tf.slice(table, [first + rows.shape[0], 0], [rest, width]));
  return tf.concat(parts, 0);
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
