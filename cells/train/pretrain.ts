/**
 * Trains a small chat model from scratch: every parameter, on a stream of samples that never repeats. At checkpoints it
 * writes everything that decides what comes next, so that an interrupted training goes on to the same file that an
 * uninterrupted one writes.
 */
import * as tf from "@tensorflow/tfjs";
import type { Run } from "../contracts.ts";
import { host } from "../host.ts";
import { baseModel } from "../model/chat-model.ts";
import { decoder } from "../model/decoder.ts";
import { type EncodedSample, encodeSample } from "../model/encoding.ts";
import type { ModelConfig } from "../model/model-config.ts";
import { modelFiles } from "../model/model-files.ts";
import { openSafetensors } from "../model/safetensors.ts";
import { layOut } from "../model/target-rows.ts";
import { chatTokenizer, type TokenizerFiles } from "../model/tokenizer.ts";
import { random } from "../random.ts";
import type { Sample } from "../types.ts";
import { openState, restoreState, type SavedState, saveState, stateIn } from "./run/checkpoint.ts";
import { startRun } from "./run/run.ts";
import { cutPool, type PoolPosition } from "./step/batches.ts";
import { initialWeights } from "./step/initial-weights.ts";
import { optimizer } from "./step/optimizer.ts";
import { learningRate as rateAt, type Schedule } from "./step/schedule.ts";
import { update } from "./step/update.ts";

export type PretrainOptions = {
  readonly name: string;
  readonly config: ModelConfig;
  readonly tokenizer: TokenizerFiles;
  /** The sample at a place of the endless stream; the same place gives the same sample. */
  readonly sample: (index: number) => Sample;
  readonly steps: number;
  /** Where the finished model is written, as a Hugging Face folder. */
  readonly folder: string;
  /** A file that is written every so many steps, and read first if it is there. */
  readonly checkpoint: { readonly path: string; readonly every: number };
  readonly learningRate?: number;
  readonly warmup?: number;
  /** Tokens of a step at most, padding included. */
  readonly tokens?: number;
  /** Samples that are sorted by length together. */
  readonly pool?: number;
  readonly seed?: number;
};

/** Starts or resumes a training and returns at once. The weights are freed with the calling cell's generation. */
export function pretrain(options: PretrainOptions): Run {
  const { name, config, steps, checkpoint, tokens = 2560, pool: poolSize = 6000 } = options;
  const seed = options.seed ?? host().seed;
  const { learningRate: peak = 3e-3, warmup = 100 } = options;
  const schedule: Schedule = { shape: "cosine", peak, warmup, steps, floor: 0.05 };
  const recipe = { name, config, steps, peak, warmup, tokens, pool: poolSize, seed };
  const tokenizer = chatTokenizer(options.tokenizer, name);
  const weights = initialWeights(config, random(seed, "weights").normal);
  const adamw = optimizer(weights, { beta1: 0.9, beta2: 0.95, eps: 1e-8, weightDecay: 0.05, clip: 1 });
  const made = decoder(config, weights);
  const learner = { decoder: made, adapter: undefined, parameters: weights, optimizer: adamw };
  const stream = batchStream((index) => encodeSample(tokenizer, options.sample(index)), poolSize, tokens, seed);
  let rows: { step: number; loss: number }[] = [];
  const trained = { recipe, parameters: weights, optimizer: adamw };
  const save = (): Promise<Uint8Array> => saveState<Progress>(trained, { position: stream.position(), rows });
  const restore = async (state: SavedState<Progress>, where: string): Promise<void> => {
    await restoreState(trained, state, where);
    stream.moveTo(state.progress.position);
    rows = [...state.progress.rows];
  };

  return startRun({
    meta: { method: "pretrain", steps, config: recipe },
    knobs: {},
    model: baseModel({ name, digest: "in training", decoder: made, tokenizer }),
    async begin() {
      const { path } = checkpoint;
      if (!(await exists(path))) return [];
      const file = await openSafetensors((offset, length) => host().readRange(path, offset, length), path);
      await restore(stateIn(file, path), path);
      return [...rows];
    },
    async step(step) {
      const batch = layOut(await stream.next());
      const rate = rateAt(schedule, step);
      const { loss, gradNorm } = await update(learner, [batch], { per: "token", weight: () => 1 }, rate);
      const columns = { loss, learningRate: rate, gradNorm };
      rows.push({ step, ...columns });
      if (step % checkpoint.every === 0) await host().writeFile(checkpoint.path, await save());
      return { tokens: batch.tokens, columns };
    },
    save,
    async restore(bytes) {
      const where = "This state";
      await restore(await openState(bytes, where), where);
    },
    async finish() {
      if (rows.length < steps) return;
      for (const [file, data] of await modelFiles(config, weights, options.tokenizer)) {
        await host().writeFile(`${options.folder}/${file}`, data);
      }
    },
    close: () => adamw.dispose(),
    dispose: () => tf.dispose([made.frequencies, ...weights.values()]),
  });
}

/** Where the training stands in its data, and the rows so far. */
type Progress = { readonly position: PoolPosition; readonly rows: readonly { step: number; loss: number }[] };

async function exists(path: string): Promise<boolean> {
  const cut = path.lastIndexOf("/");
  try {
    return (await host().listFiles(cut < 0 ? "." : path.slice(0, cut))).includes(path.slice(cut + 1));
  } catch {
    // No folder, no checkpoint.
    return false;
  }
}

/** The batches of the endless stream, pool by pool. A position is enough to find any of them again. */
function batchStream(sample: (index: number) => EncodedSample, poolSize: number, tokens: number, seed: number) {
  let at: PoolPosition = { pool: 0, batch: 0 };
  let open:
    | { readonly samples: readonly EncodedSample[]; readonly batches: readonly (readonly number[])[] }
    | undefined;
  const openPool = async (): Promise<NonNullable<typeof open>> => {
    const samples: EncodedSample[] = [];
    for (let index = 0; index < poolSize; index += 1) {
      // Encoding a pool takes a second or so, in which a stop should get through.
      if (index % 500 === 0) await host().breathe();
      samples.push(sample(at.pool * poolSize + index));
    }
    const lengths = samples.map(({ ids }) => ids.length);
    return { samples, batches: cutPool(lengths, tokens, random(seed, `pool ${at.pool}`).order) };
  };
  return {
    position: () => at,
    moveTo(position: PoolPosition): void {
      at = position;
      open = undefined;
    },
    async next(): Promise<EncodedSample[]> {
      open ??= await openPool();
      const { samples, batches } = open;
      const batch = batches[at.batch]!;
      at = at.batch + 1 < batches.length ? { pool: at.pool, batch: at.batch + 1 } : { pool: at.pool + 1, batch: 0 };
      if (at.batch === 0) open = undefined;
      return batch.map((index) => samples[index]!);
    },
  };
}
