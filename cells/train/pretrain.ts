/**
 * Trains a small chat model from scratch: every parameter, on a stream of samples that never repeats. Its checkpoint
 * file contains everything that later steps depend on, so an interrupted training resumes and writes the same model as
 * an uninterrupted one.
 */
import * as tf from "@tensorflow/tfjs";
import type { Run } from "../contracts.ts";
import { host } from "../host.ts";
import { baseModel } from "../model/chat-model.ts";
import { decoder } from "../model/decoder.ts";
import { encodeSample } from "../model/encoding.ts";
import type { ModelConfig } from "../model/model-config.ts";
import { modelFiles } from "../model/model-files.ts";
import { openSafetensors } from "../model/safetensors.ts";
import { layOut } from "../model/target-rows.ts";
import { chatTokenizer, type TokenizerFiles } from "../model/tokenizer.ts";
import { requireKnown } from "../options.ts";
import { random } from "../random.ts";
import type { Sample } from "../types.ts";
import { pretrainHints } from "./option-hints.ts";
import { startRun } from "./run/run.ts";
import { type Resumable, restoreState, savingAndRestoring, stateIn } from "./run/training-state.ts";
import { batchStream, type PoolPosition } from "./step/batch-stream.ts";
import { initialWeights } from "./step/initial-weights.ts";
import { optimizer } from "./step/optimizer.ts";
import { learningRate as rateAt, type Schedule } from "./step/schedule.ts";
import { update } from "./step/update.ts";

export type PretrainOptions = {
  readonly name: string;
  readonly config: ModelConfig;
  readonly tokenizer: TokenizerFiles;
  /** The sample at a place of the endless stream, from 0; the same place must always give the same sample. */
  readonly sample: (index: number) => Sample;
  /** Number of optimizer steps, one batch each. */
  readonly steps: number;
  /** Where the finished model is written, as a Hugging Face folder. */
  readonly folder: string;
  /** The file from which an interrupted training resumes, and the number of steps between two writes of it. */
  readonly checkpoint: { readonly path: string; readonly every: number };
  /** Peak of the cosine schedule, which ends at 5% of it. Default: 0.003. */
  readonly learningRate?: number;
  /** Steps in which the learning rate rises linearly to its peak. Default: 100. */
  readonly warmup?: number;
  /** Tokens per batch at most, padding included. Default: 2560. */
  readonly tokens?: number;
  /** Samples that are sorted by length together. Default: 6000. */
  readonly pool?: number;
  /** Seed of the initial weights and of the order of batches. Default: the notebook's seed. */
  readonly seed?: number;
};

const optionNames = Object.keys({
  name: true,
  config: true,
  tokenizer: true,
  sample: true,
  steps: true,
  folder: true,
  checkpoint: true,
  learningRate: true,
  warmup: true,
  tokens: true,
  pool: true,
  seed: true,
} satisfies Record<keyof PretrainOptions, true>);

/** Position in the data, and the rows so far. */
type Progress = { readonly position: PoolPosition; readonly rows: readonly { step: number; loss: number }[] };

/**
 * Starts or resumes a training and returns its run at once. The weights are freed when the calling cell's generation
 * ends.
 */
export function pretrain(options: PretrainOptions): Run {
  requireKnown("pretrain(…)", options, optionNames, pretrainHints);
  const { name, config, steps, checkpoint, tokens = 2560, pool: poolSize = 6000 } = options;
  const seed = options.seed ?? host().seed;
  const { learningRate: peak = 3e-3, warmup = 100 } = options;
  const schedule: Schedule = { shape: "cosine", peak, warmup, steps, floor: 0.05 };
  const recipe = { name, config, steps, peak, warmup, tokens, pool: poolSize, seed };
  const tokenizer = chatTokenizer(options.tokenizer, name, { encoding: "pieces" });
  const weights = initialWeights(config, random(seed, "weights").normal);
  const adamw = optimizer(weights, { beta1: 0.9, beta2: 0.95, eps: 1e-8, weightDecay: 0.05, clip: 1 });
  const model = decoder(config, weights);
  const learner = { decoder: model, adapter: undefined, parameters: weights, optimizer: adamw };
  const stream = batchStream((index) => encodeSample(tokenizer, options.sample(index)), { poolSize, tokens, seed });
  let rows: { step: number; loss: number }[] = [];
  const resumable: Resumable<Progress> = {
    recipe,
    parameters: weights,
    optimizer: adamw,
    progress: () => ({ position: stream.position(), rows }),
    setProgress: (saved) => {
      stream.moveTo(saved.position);
      rows = [...saved.rows];
    },
  };
  const { save, restore } = savingAndRestoring(resumable);

  return startRun({
    meta: { method: "pretrain", steps, config: recipe },
    knobs: {},
    model: baseModel({ name, digest: "in training", decoder: model, tokenizer }),
    async begin() {
      const { path } = checkpoint;
      if (!(await exists(path))) return [];
      const file = await openSafetensors((offset, length) => host().readRange(path, offset, length), path);
      await restoreState(resumable, stateIn(file, path), path);
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
    restore,
    async finish() {
      if (rows.length < steps) return;
      for (const [file, data] of await modelFiles(config, weights, options.tokenizer)) {
        await host().writeFile(`${options.folder}/${file}`, data);
      }
    },
    close: () => adamw.dispose(),
    dispose: () => tf.dispose([model.frequencies, ...weights.values()]),
  });
}

async function exists(path: string): Promise<boolean> {
  const slash = path.lastIndexOf("/");
  try {
    return (await host().listFiles(slash < 0 ? "." : path.slice(0, slash))).includes(path.slice(slash + 1));
  } catch {
    // Without a folder there is no checkpoint.
    return false;
  }
}
