/**
 * Fine-tunes a chat model on the samples of a method: a LoRA on the frozen base, or a copy of all its weights. The
 * adapter's initial weights, the order of the data and the dropout depend only on the seed, so two trainings with equal
 * settings give equal losses on the same backend.
 */
import type { Method, PendingMethod, Run } from "../contracts.ts";
import { host } from "../host.ts";
import type { Live } from "../inputs.ts";
import { disposeAdapter, freshAdapter } from "../model/adapter.ts";
import type { BaseModel } from "../model/chat-model.ts";
import { dropout } from "../model/dropout.ts";
import { encodeSample } from "../model/encoding.ts";
import type { LoraConfig } from "../model/lora.ts";
import { adapterFiles } from "../model/tuned-folder.ts";
import { random } from "../random.ts";
import { adoptState } from "./run/adopt.ts";
import { startRun } from "./run/run.ts";
import type { Training } from "./run/training.ts";
import { TrainingData } from "./run/training-data.ts";
import { openState, savingAndRestoring } from "./run/training-state.ts";
import { microBatches } from "./step/batches.ts";
import { optimizer } from "./step/optimizer.ts";
import { learningRate as rateAt, type Schedule } from "./step/schedule.ts";
import { update } from "./step/update.ts";

export type TrainOptions = {
  /** A method whose samples are still being made is prepared in the first phase of the run. */
  readonly method: Method | PendingMethod;
  /** What to train: a LoRA, `lora({ rank: 16 })`, or `"full"` for a copy of all weights. */
  readonly adapter: LoraConfig | "full";
  /** Number of optimizer steps. */
  readonly steps: number;
  /** Samples per micro-batch. Default: 16. */
  readonly batch?: number;
  /** Micro-batches per step. The loss is normalised over all of them. Default: 1. */
  readonly accumulate?: number;
  /**
   * Packs several samples into one row; they do not attend to each other. A number is the length of a row in tokens;
   * `true` takes the length of the longest sample. Default: false, one padded sample per row.
   */
  readonly packing?: boolean | number;
  /**
   * Gradient checkpointing: stores only the input of each layer and computes the rest again in the backward pass. About
   * a third more computation, far less memory, the same numbers. Default: false.
   */
  readonly checkpointing?: boolean;
  /** Peak learning rate, a number or a live input. It is also a knob of the run. Default: 0.005. */
  readonly learningRate?: number | Live<number>;
  /** Shape of the learning rate after the warm-up: `"constant"`, `"linear"` or `"cosine"`. Default: `"linear"`. */
  readonly schedule?: Schedule["shape"];
  /** Steps in which the learning rate rises linearly to its peak. Default: 20. */
  readonly warmup?: number;
  /** Learning rate at the last step of a linear or cosine schedule, as a fraction of the peak. Default: 0.1. */
  readonly floor?: number;
  /**
   * AdamW's decoupled weight decay λ: a matrix shrinks by the factor 1 − learning rate · λ per step. Vectors do not
   * decay. Default: 0.
   */
  readonly weightDecay?: number;
  /** AdamW β₁ and β₂. Default: [0.9, 0.99]. */
  readonly betas?: readonly [number, number];
  /** AdamW ε. Default: 1e-8. */
  readonly eps?: number;
  /** Maximum global gradient norm; larger gradients are scaled down to it. Default: 1. */
  readonly clip?: number;
  /** Seed of the adapter's initial weights, the order of the data and the dropout. Default: the notebook's seed. */
  readonly seed?: number;
  /** Steps between two checkpoints. Default: one about every 30 seconds. */
  readonly checkpointEvery?: number;
  /**
   * Continues from the last step of another run: with its adapter (resized if the rank or the scale differs), AdamW's
   * moments and its position in the data. The step count and the schedule start again at 1. Default: a fresh adapter.
   */
  readonly from?: Pick<Run, "state"> | undefined;
};

/** The number of samples drawn so far, including those of the runs that this one continues. */
type Progress = { readonly drawn: number };

/** Starts a training and returns its run at once. The adapter is freed when the calling cell's generation ends. */
export function train(base: BaseModel, options: TrainOptions): Run {
  return startRun(fineTuning(base, options));
}

/** What a run of `train` does. @throws if a number of steps, samples or tokens is not a whole number of at least 1 */
export function fineTuning(base: BaseModel, { from, ...options }: TrainOptions): Training {
  const { method, adapter: config, steps, batch = 16, accumulate = 1, packing = false } = options;
  const { learningRate = 5e-3, schedule: shape = "linear", warmup = 20, floor = 0.1, clip = 1 } = options;
  const { weightDecay = 0, betas = [0.9, 0.99], eps = 1e-8, checkpointing = false } = options;
  const seed = options.seed ?? host().seed;
  for (const [name, value] of Object.entries({ steps, batch, accumulate })) requireCount(name, value);
  if (typeof packing === "number") requireCount("packing", packing);

  // Cleared once it is read, so that a chain of runs does not keep all earlier ones in memory.
  let source = from;
  const rate = typeof learningRate === "number" ? { value: learningRate } : learningRate;
  const adapter = freshAdapter(base.decoder, config, random(seed, "adapter").uniform);
  const parameters = adapter.tensors;
  const adamw = optimizer(parameters, { beta1: betas[0], beta2: betas[1], eps, weightDecay, clip });
  const learner = { decoder: base.decoder, adapter, parameters, optimizer: adamw, checkpointing };
  const settings = { steps, batch, accumulate, packing, schedule: shape, warmup, floor, weightDecay, betas, eps, clip };
  const data = new TrainingData(method, seed);
  const recipe = data.digest.then((samples) => {
    return { digest: base.digest, samples, per: method.per, adapter: config, ...settings, seed };
  });
  // A run that is stopped before its samples are made has no state; who asks for it gets the error.
  recipe.catch(() => {});
  let drawn = 0;

  return {
    meta: {
      method: method.name,
      steps,
      config: {
        ...method.config,
        model: base.name,
        digest: base.digest,
        encoding: base.tokenizer.encoding,
        template: base.tokenizer.template,
        per: method.per,
        ...(config === "full" ? { adapter: "full" } : config),
        ...settings,
        checkpointing,
        learningRate: rate.value,
        seed,
      },
    },
    knobs: { ...method.knobs, learningRate: rate },
    model: base.with(adapter),
    checkpointEvery: options.checkpointEvery,
    ...("prepare" in method && { prepare: (control) => data.prepare(method, control) }),
    async begin() {
      const state = await source?.state();
      source = undefined;
      if (state) {
        const saved = await openState<Progress>(state, "The state of the run in `from`");
        await adoptState(saved, { digest: base.digest, adapter, optimizer: adamw });
        drawn = saved.progress.drawn;
      }
      return [];
    },
    async step(step, read) {
      const end = drawn + batch * accumulate;
      const chosen = data.samples(drawn, end).map((sample) => encodeSample(base.tokenizer, sample));
      const batches = microBatches(chosen, { batch, packing });
      const stepRate = rateAt({ shape, peak: read(rate), warmup, steps, floor }, step);
      const stepLearner = { ...learner, dropout: stepDropout(config, seed, adamw.step + 1) };
      const { loss, means, gradNorm } = await update(stepLearner, batches, { ...method, read }, stepRate);
      drawn = end;
      const tokens = batches.reduce((sum, { tokens }) => sum + tokens, 0);
      return { tokens, columns: { loss, ...means, learningRate: stepRate, gradNorm } };
    },
    ...savingAndRestoring<Progress>({
      recipe,
      parameters,
      optimizer: adamw,
      progress: () => ({ drawn }),
      setProgress: (saved) => {
        drawn = saved.drawn;
      },
    }),
    copy: () => fineTuning(base, options),
    async finish(sink) {
      for (const [path, data] of await adapterFiles(base, adapter)) await sink.file(path, data);
    },
    // The moments stay as long as the adapter, for a training that continues from this one.
    close: () => data.close(),
    dispose: () => {
      disposeAdapter(adapter);
      adamw.dispose();
    },
  };
}

/**
 * The dropout of one update. Draws are named by the update, not by the run's step, so a continued training does not
 * repeat them.
 */
function stepDropout(config: LoraConfig | "full", seed: number, updateNumber: number) {
  const rate = config === "full" ? 0 : (config.dropout ?? 0);
  if (rate === 0) return undefined;
  return (micro: number) => {
    const draw = micro === 0 ? `dropout ${updateNumber}` : `dropout ${updateNumber}.${micro}`;
    return dropout(rate, (place) => random(seed, `${draw} ${place}`).uniform);
  };
}

function requireCount(name: string, value: number): void {
  if (Number.isInteger(value) && value >= 1) return;
  throw new Error(`train(…): "${name}" must be a whole number of at least 1, not ${value}.`);
}
