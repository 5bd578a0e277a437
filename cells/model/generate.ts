/**
 * Continues many prompts at once. Keys and values are cached, so a step computes one token per row. When a quarter of the rows
 * are done, they leave and the next prompts join; doing it earlier would cost more time for copying the cache than the finished
 * rows cost. Prompts join longest first, so that a new row always fits in front of what is already written.
 */
import * as tf from "@tensorflow/tfjs";
import type { BeamOptions, Sampling } from "../contracts.ts";
import { packWeights } from "../device/pack-weights.ts";
import { host } from "../host.ts";
import { random } from "../random.ts";
import type { Adapter } from "./adapter.ts";
import { beamSearch, checkBeams } from "./beam-search.ts";
import { type Decoder, head, weightOf } from "./decoder.ts";
import { type Batch, disposeBatch, type GenerationRow, regroup } from "./generation-batch.ts";
import { linearLayers } from "./linear-layers.ts";
import { type NewTokens, nextLogits, promptBatch, type Room } from "./next-logits.ts";
import { requireFinite } from "./not-finite.ts";
import { requirePositions } from "./positions.ts";
import { checkSampling, chooseToken, isPlainGreedy } from "./sampling.ts";

/** The generated tokens, without the one that ended the turn. */
export type Continuation = { readonly tokens: readonly number[]; readonly ended: boolean };

export type ContinueOptions = Sampling &
  BeamOptions & {
    readonly maxTokens: number;
    readonly stopTokens: ReadonlySet<number>;
    readonly label: string | undefined;
    /** The numbers of the prompts, which decide their random draws; by default their places. */
    readonly numbers?: readonly number[] | undefined;
    /** Called with each row that is done. */
    readonly afterRow?: ((row: Continuation, prompt: number) => void) | undefined;
    /** Called before each step, which waits for it. */
    readonly pace?: (() => Promise<void>) | undefined;
    /** Called after each token with all generated tokens of a row; `true` ends the row. */
    readonly afterToken?: ((tokens: readonly number[], prompt: number) => boolean) | undefined;
  };

const rowsPerBatch = 64;

/** Packing the weights pays if at least this many tokens are generated. */
const packingPaysFrom = 16;

type Job = { readonly decoder: Decoder; readonly adapter: Adapter | undefined; readonly options: ContinueOptions };

/** @returns one continuation per prompt, in order. @throws if a setting is invalid, or the abort reason if the calling cell ended. */
export async function continueAll(
  decoder: Decoder,
  adapter: Adapter | undefined,
  prompts: readonly (readonly number[])[],
  options: ContinueOptions,
): Promise<Continuation[]> {
  checkSampling(options);
  checkBeams(options);
  checkLengths(decoder, prompts, options.maxTokens);
  const freePacked = options.maxTokens < packingPaysFrom ? undefined : packWeights(multipliedWeights(decoder, adapter));
  const { beams = 1, lengthPenalty = 1 } = options;
  try {
    if (beams > 1) return await beamSearch(decoder, adapter, prompts, { ...options, beams, lengthPenalty });
    return await chooseAll({ decoder, adapter, options }, prompts);
  } finally {
    freePacked?.();
  }
}

/** Chooses one token of each row at a time. */
async function chooseAll(job: Job, prompts: readonly (readonly number[])[]): Promise<Continuation[]> {
  const { decoder, options } = job;
  const seed = options.seed ?? host().seed;
  const rows = prompts.map((prompt, index): GenerationRow => {
    const { uniform } = random(seed, `prompt ${options.numbers?.[index] ?? index}`);
    return { index, prompt, written: [], uniform, cached: 0, ended: false, done: options.maxTokens < 1 };
  });
  const queue = rows.filter(({ done }) => !done).sort((a, b) => b.prompt.length - a.prompt.length || a.index - b.index);
  let batch: Batch | undefined;
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
          joining.length > 0 ? await readPrompts(job, joining, roomFor(batch, open, joining, options)) : undefined;
        batch = regroup(decoder, batch, open, read);
        continue;
      }
      await host().breathe();
      await options.pace?.();
      await step(job, batch);
    }
  } finally {
    if (batch) disposeBatch(batch);
  }
  return rows.map(({ written, ended }) => ({ tokens: written, ended }));
}

/** @throws if `maxTokens` is not usable, or prompts are longer than the model can read */
function checkLengths({ config }: Decoder, prompts: readonly (readonly number[])[], maxTokens: number): void {
  if (maxTokens === undefined)
    throw new Error("generate(…): maxTokens is missing. Give the maximum number of tokens per prompt.");
  if (!Number.isInteger(maxTokens) || maxTokens < 0)
    throw new Error(`generate(…): maxTokens must be a whole number of at least 0, not ${maxTokens}.`);
  requirePositions(config, prompts, "prompts");
}

/** The weights that each generated token is multiplied with. */
function multipliedWeights(decoder: Decoder, adapter: Adapter | undefined): tf.Tensor[] {
  const names = Array.from({ length: decoder.config.layers }, (_, layer) =>
    linearLayers.map((name) => `model.layers.${layer}.${name}.weight`),
  ).flat();
  return [...names.map((name) => weightOf(decoder, adapter, name)), head(decoder, adapter)];
}

function roomFor(
  batch: Batch | undefined,
  open: readonly number[],
  joining: readonly GenerationRow[],
  { maxTokens }: ContinueOptions,
): Room {
  const longest = Math.max(...open.map((at) => batch!.rows[at]!.cached), ...joining.map(({ prompt }) => prompt.length));
  return { filled: longest, capacity: longest + maxTokens };
}

/** Reads the prompts of new rows into a new cache and generates the first token of each row. */
async function readPrompts(job: Job, rows: readonly GenerationRow[], room: Room): Promise<Batch> {
  const { batch, tokens } = promptBatch(job.decoder, rows, room);
  try {
    await host().breathe();
    await advance(job, batch, tokens);
  } catch (error) {
    disposeBatch(batch);
    throw error;
  }
  return batch;
}

/** One more token for every row. Rows that are done but still in the batch are computed too; their results are ignored. */
async function step(job: Job, batch: Batch): Promise<void> {
  const ids = Int32Array.from(batch.rows, ({ written }) => written.at(-1) ?? 0);
  const positions = Int32Array.from(batch.rows, ({ cached }) => cached);
  for (const row of batch.rows) row.cached += 1;
  await advance(job, batch, { ids, positions });
}

/** The forward pass over new tokens, then the choice of each row's next token. */
async function advance({ decoder, adapter, options }: Job, batch: Batch, tokens: NewTokens): Promise<void> {
  const { rows } = batch;
  const greedy = isPlainGreedy(options);
  const next = tf.tidy(() => {
    const logits = nextLogits(decoder, adapter, batch, tokens);
    if (!greedy) return logits;
    // The sums tell whether there is a number that is not finite; a row of both is read at once.
    return tf.concat([tf.cast(tf.argMax(logits, 1), "float32"), tf.sum(logits, 1)]);
  });
  const values = await next.data();
  next.dispose();
  if (greedy) for (const sum of values.slice(rows.length)) requireFinite(sum);
  const vocabulary = values.length / rows.length;
  for (const [at, row] of rows.entries()) {
    if (row.done) continue;
    const { prompt, written, uniform } = row;
    // The penalty changes them in place, but each row is read once.
    const scores = (): Float32Array => (values as Float32Array).subarray(at * vocabulary, (at + 1) * vocabulary);
    const seen = (options.repetitionPenalty ?? 1) === 1 ? [] : [...prompt, ...written];
    const token = greedy ? values[at]! : chooseToken(scores(), seen, options, uniform);
    row.ended = options.stopTokens.has(token);
    if (!row.ended) {
      written.push(token);
      row.ended = options.afterToken?.(written, row.index) === true;
    }
    row.done = row.ended || written.length >= Math.min(options.maxTokens, decoder.config.positions - prompt.length);
    if (row.done) options.afterRow?.({ tokens: written, ended: row.ended }, row.index);
  }
}
