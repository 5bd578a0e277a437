/**
 * Continuation of many prompts at once. A batch is padded on the left, so that all rows write at the same place; keys
 * and values are kept, so a step computes one token per row. Once a quarter of the rows are done, they leave and the
 * next prompts take their places: sooner would cost more for moving the cache than for carrying them along. Prompts
 * join in the order of their lengths, longest first, so that whoever joins has room in front of what is written.
 */
import * as tf from "@tensorflow/tfjs";
import type { Sampling } from "../contracts.ts";
import { embed, linear } from "../device/functions.ts";
import { packWeights } from "../device/pack-weights.ts";
import { host } from "../host.ts";
import { random } from "../random.ts";
import type { Adapter } from "./adapter.ts";
import { type Cache, type Decoder, emptyCache, forward, head, weightOf } from "./decoder.ts";
import { linearLayers } from "./linear-layers.ts";
import { checkSampling, chooseToken, isPlainGreedy } from "./sampling.ts";

/** The tokens that were written, without the one that ended the turn. */
export type Continuation = { readonly tokens: readonly number[]; readonly ended: boolean };

export type ContinueOptions = Sampling & {
  readonly maxTokens: number;
  readonly stopTokens: ReadonlySet<number>;
  readonly label: string | undefined;
  /** Told all that a row has written after each token of it; `true` ends the row. */
  readonly wrote?: ((tokens: readonly number[], prompt: number) => boolean) | undefined;
};

const rowsPerBatch = 64;

/** Tokens from which on it pays to pack the weights. */
const worthPacking = 16;

type Row = {
  readonly index: number;
  readonly prompt: readonly number[];
  readonly written: number[];
  readonly uniform: () => number;
  /** How many of its tokens the cache holds. */
  cached: number;
  ended: boolean;
  done: boolean;
};

/** Rows, what they have read (ending at the cache's `filled`), and which of its places hold padding `[rows, capacity]`. */
type Batch = { readonly rows: readonly Row[]; readonly cache: Cache; readonly segments: tf.Tensor2D };

type Asked = { readonly decoder: Decoder; readonly adapter: Adapter | undefined; readonly options: ContinueOptions };

/** @returns one continuation per prompt, in their order. @throws the reason of the abort when the cell was ended meanwhile. */
export async function continueAll(
  decoder: Decoder,
  adapter: Adapter | undefined,
  prompts: readonly (readonly number[])[],
  options: ContinueOptions,
): Promise<Continuation[]> {
  checkSampling(options);
  const asked: Asked = { decoder, adapter, options };
  const seed = options.seed ?? host().seed;
  const rows = prompts.map((prompt, index): Row => {
    const { uniform } = random(seed, `prompt ${index}`);
    return { index, prompt, written: [], uniform, cached: 0, ended: false, done: options.maxTokens < 1 };
  });
  const queue = rows.filter(({ done }) => !done).sort((a, b) => b.prompt.length - a.prompt.length || a.index - b.index);
  let batch: Batch | undefined;
  const free = options.maxTokens < worthPacking ? undefined : packWeights(maps(decoder, adapter));
  try {
    for (;;) {
      const open = (batch?.rows ?? []).flatMap((row, at) => (row.done ? [] : [at]));
      if (!batch || open.length <= batch.rows.length * 0.75) {
        if (options.label !== undefined) {
          host().progress(options.label, rows.filter(({ done }) => done).length, rows.length);
        }
        const joining = queue.splice(0, rowsPerBatch - open.length);
        if (open.length + joining.length === 0) break;
        const read =
          joining.length > 0 ? await readPrompts(asked, joining, room(batch, open, joining, options)) : undefined;
        batch = regroup(decoder, batch, open, read);
        continue;
      }
      await host().breathe();
      await step(asked, batch);
    }
  } finally {
    if (batch) disposeBatch(batch);
    free?.();
  }
  return rows.map(({ written, ended }) => ({ tokens: written, ended }));
}

/** All that a token is multiplied with. */
function maps(decoder: Decoder, adapter: Adapter | undefined): tf.Tensor[] {
  const layers = Array.from({ length: decoder.config.layers }, (_, layer) =>
    linearLayers.map((map) => `model.layers.${layer}.${map}.weight`),
  );
  return [...layers.flat().map((name) => weightOf(decoder, adapter, name)), head(decoder, adapter)];
}

/** Where the next token is written, and how many places the cache has, once rows have left and others joined. */
type Room = { readonly filled: number; readonly capacity: number };

function room(
  batch: Batch | undefined,
  open: readonly number[],
  joining: readonly Row[],
  { maxTokens }: ContinueOptions,
) {
  const longest = Math.max(...open.map((at) => batch!.rows[at]!.cached), ...joining.map(({ prompt }) => prompt.length));
  return { filled: longest, capacity: longest + maxTokens };
}

/** Reads the prompts of new rows into a cache of their own and writes their first tokens. */
async function readPrompts(asked: Asked, rows: readonly Row[], { filled, capacity }: Room): Promise<Batch> {
  const width = Math.max(...rows.map(({ prompt }) => prompt.length));
  const ids = new Int32Array(rows.length * width);
  const positions = new Int32Array(rows.length * width);
  for (const [at, row] of rows.entries()) {
    const start = (at + 1) * width - row.prompt.length;
    ids.set(row.prompt, start);
    for (let t = 0; t < row.prompt.length; t += 1) positions[start + t] = t;
    row.cached = row.prompt.length;
  }
  const cache = emptyCache(asked.decoder, rows.length, capacity);
  cache.filled = filled - width;
  const batch = { rows, cache, segments: leftPadded(rows, filled, capacity) };
  try {
    await host().breathe();
    await write(asked, batch, ids, positions);
  } catch (error) {
    disposeBatch(batch);
    throw error;
  }
  return batch;
}

/** One token more for every row of the batch. A row that is done but has not left writes on; it is not looked at. */
async function step(asked: Asked, batch: Batch): Promise<void> {
  const ids = Int32Array.from(batch.rows, ({ written }) => written.at(-1) ?? 0);
  const positions = Int32Array.from(batch.rows, ({ cached }) => cached);
  for (const row of batch.rows) row.cached += 1;
  await write(asked, batch, ids, positions);
}

/** Goes through `ids` `[rows · time]` and chooses each row's next token. */
async function write(
  { decoder, adapter, options }: Asked,
  { rows, cache, segments }: Batch,
  ids: Int32Array,
  positions: Int32Array,
): Promise<void> {
  const greedy = isPlainGreedy(options);
  const shape: [number, number] = [rows.length, ids.length / rows.length];
  const next = tf.tidy(() => {
    const places = tf.tensor1d(
      Int32Array.from(rows, (_, at) => (at + 1) * shape[1] - 1),
      "int32",
    );
    const tokens = {
      ids: tf.tensor2d(ids, shape, "int32"),
      positions: tf.tensor2d(positions, shape, "int32"),
      segments,
    };
    const logits = linear(forward(decoder, adapter, tokens, { cache, places }), head(decoder, adapter));
    return greedy ? tf.argMax(logits, 1) : logits;
  });
  const values = await next.data();
  next.dispose();
  const vocabulary = values.length / rows.length;
  for (const [at, row] of rows.entries()) {
    if (row.done) continue;
    const { prompt, written, uniform } = row;
    const scores = (): Float32Array => (values as Float32Array).slice(at * vocabulary, (at + 1) * vocabulary);
    const token = greedy ? values[at]! : chooseToken(scores(), [...prompt, ...written], options, uniform);
    row.ended = options.stopTokens.has(token);
    if (!row.ended) {
      written.push(token);
      row.ended = options.wrote?.(written, row.index) === true;
    }
    row.done = row.ended || written.length >= options.maxTokens;
  }
}

/** The rows that stay, and behind them those that join; there is at least one of either. The old batch is spent; so is the other, unless it comes back as it is. */
function regroup(
  decoder: Decoder,
  batch: Batch | undefined,
  stay: readonly number[],
  joining: Batch | undefined,
): Batch {
  if (!batch || stay.length === 0) {
    if (batch) disposeBatch(batch);
    return joining!;
  }
  const rows = [...stay.map((at) => batch.rows[at]!), ...(joining?.rows ?? [])];
  const filled = joining?.cache.filled ?? Math.max(...rows.map(({ cached }) => cached));
  const left = batch.segments.shape[1] - batch.cache.filled;
  const capacity = joining?.segments.shape[1] ?? filled + left;
  const layers = tf.tidy(() => {
    const index = tf.tensor1d([...stay], "int32");
    const { keyValueHeads, headWidth } = decoder.config;
    const place = keyValueHeads * headWidth;
    // Row by row as plain lists of floats: a general gather or slice over four axes takes as long as the decoding itself.
    const flat = (tensor: tf.Tensor): tf.Tensor2D => tf.reshape(tensor, [tensor.shape[0]!, -1]);
    const moved = (tensor: tf.Tensor, behind: tf.Tensor | undefined): tf.Tensor => {
      const begin = (batch.cache.filled - filled) * place;
      const kept = tf.slice(embed(flat(tensor), index) as tf.Tensor2D, [0, begin], [stay.length, filled * place]);
      const grown = tf.pad(kept, [
        [0, 0],
        [0, (capacity - filled) * place],
      ]);
      const whole = behind ? tf.concat([grown, flat(behind)], 0) : grown;
      return tf.keep(tf.reshape(whole, [rows.length, capacity, keyValueHeads, headWidth]));
    };
    return batch.cache.layers.map(({ keys, values }, layer) => ({
      keys: moved(keys, joining?.cache.layers[layer]?.keys),
      values: moved(values, joining?.cache.layers[layer]?.values),
    }));
  });
  disposeBatch(batch);
  if (joining) disposeBatch(joining);
  return { rows, cache: { filled, layers }, segments: leftPadded(rows, filled, capacity) };
}

/** Segment 0 for what was read and all that will be written, −1 for the padding before, `[rows, capacity]`. */
function leftPadded(rows: readonly Row[], filled: number, capacity: number): tf.Tensor2D {
  const segments = new Int32Array(rows.length * capacity);
  for (const [at, { cached }] of rows.entries()) {
    segments.fill(-1, at * capacity, at * capacity + filled - cached);
  }
  return tf.tensor2d(segments, [rows.length, capacity], "int32");
}

function disposeBatch({ cache, segments }: Batch): void {
  for (const { keys, values } of cache.layers) tf.dispose([keys, values]);
  segments.dispose();
}
