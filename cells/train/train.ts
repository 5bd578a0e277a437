/**
 * Fine-tunes a chat model with the samples and weights of a method: a LoRA beside the frozen base, or a copy of all its
 * weights. Adapter, data order and dropout come from the seed alone, so two trainings with equal settings give equal
 * losses.
 */
import type { Method, Run } from "../contracts.ts";
import { sha256 } from "../digest.ts";
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
import { openState, restoreState, saveState } from "./run/checkpoint.ts";
import { startRun } from "./run/run.ts";
import type { Work } from "./run/work.ts";
import { microBatches, sampleOrder } from "./step/batches.ts";
import { optimizer } from "./step/optimizer.ts";
import { learningRate as rateAt, type Schedule } from "./step/schedule.ts";
import { update } from "./step/update.ts";

export type TrainOptions = {
  readonly method: Method;
  /** What is trained: `lora(…)`, or `"full"` for all weights. */
  readonly adapter: LoraConfig | "full";
  readonly steps: number;
  /** Samples that go through the model at once. */
  readonly batch?: number;
  /** Micro-batches of `batch` samples whose gradients make one step; the loss is normalised over all of them. */
  readonly accumulate?: number;
  /** Lets samples share rows, of so many tokens or (`true`) of the longest sample's length; they do not see each other. */
  readonly packing?: boolean | number;
  /** Keeps of each layer its input alone for the backward pass: a third more work, far less memory, the same numbers. */
  readonly checkpointing?: boolean;
  /** The peak, and the first knob of a run: it can be a live input. */
  readonly learningRate?: number | Live<number>;
  /** How the rate goes on behind the warm-up; in a straight line if left out. */
  readonly schedule?: Schedule["shape"];
  /** Steps in which the rate rises to its peak. */
  readonly warmup?: number;
  /** Share of the peak that a linear or cosine schedule leaves at the last step. */
  readonly floor?: number;
  /** Decoupled decay of matrices per step and learning rate. */
  readonly weightDecay?: number;
  /** How slowly AdamW's two moments forget. */
  readonly betas?: readonly [number, number];
  readonly eps?: number;
  /** Longest global gradient norm that is let through. */
  readonly clip?: number;
  /** Of the adapter's beginning and the data's order; the notebook's seed where left out. */
  readonly seed?: number;
  /** Steps between two checkpoints; about thirty seconds apart where left out. */
  readonly checkpointEvery?: number;
  /**
   * Begins where this run stands: its adapter (brought to another rank where that differs), its moments, and the samples
   * that come next. Steps and the schedule are counted anew.
   */
  readonly from?: Pick<Run, "state"> | undefined;
};

/** Where a training stands in its data: how many samples it has drawn, over all runs that it continues. */
type Progress = { readonly drawn: number };

/** Starts a training and returns at once. Its adapter is freed with the calling cell's generation. */
export function train(base: BaseModel, options: TrainOptions): Run {
  return startRun(training(base, options));
}

/** What a run of `train` does, step by step. */
export function training(base: BaseModel, { from, ...options }: TrainOptions): Work {
  const { method, adapter: config, steps, batch = 16, accumulate = 1, packing = false } = options;
  const { learningRate = 5e-3, schedule: shape = "linear", warmup = 20, floor = 0.1, clip = 1 } = options;
  const { weightDecay = 0, betas = [0.9, 0.99], eps = 1e-8, checkpointing = false } = options;
  const seed = options.seed ?? host().seed;
  for (const [name, value] of Object.entries({ steps, batch, accumulate })) requireCount(name, value);
  if (typeof packing === "number") requireCount("packing tokens", packing);

  // Let go of once begun, so that runs which go on from each other do not keep all those before them.
  let before = from;
  const rate = typeof learningRate === "number" ? { value: learningRate } : learningRate;
  const adapter = freshAdapter(base.decoder, config, random(seed, "adapter").uniform);
  const parameters = adapter.tensors;
  const adamw = optimizer(parameters, { beta1: betas[0], beta2: betas[1], eps, weightDecay, clip });
  const learner = { decoder: base.decoder, adapter, parameters, optimizer: adamw, checkpointing };
  const order = sampleOrder(method.samples.length, seed);
  const settings = { steps, batch, accumulate, packing, schedule: shape, warmup, floor, weightDecay, betas, eps, clip };
  const known = { model: base.name, digest: base.digest, per: method.per };
  const recipe = sha256(JSON.stringify(method.samples)).then((samples) => {
    return { digest: base.digest, samples, per: method.per, adapter: config, ...settings, seed };
  });
  const trained = { recipe, parameters, optimizer: adamw };
  let drawn = 0;

  return {
    meta: {
      method: method.name,
      steps,
      config: {
        ...method.config,
        ...known,
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
    async begin() {
      const state = await before?.state();
      before = undefined;
      if (state) {
        const saved = await openState<Progress>(state, "the run to begin from");
        await adoptState(saved, { digest: base.digest, adapter, optimizer: adamw });
        drawn = saved.progress.drawn;
      }
      return [];
    },
    async step(step, read) {
      const until = drawn + batch * accumulate;
      const chosen = order(drawn, until).map((index) => encodeSample(base.tokenizer, method.samples[index]!));
      const laid = microBatches(chosen, { batch, packing });
      const now = rateAt({ shape, peak: read(rate), warmup, steps, floor }, step);
      const dropped = dropoutOf(config, seed, adamw.step + 1);
      const objective = { ...method, read };
      const { loss, means, gradNorm } = await update({ ...learner, dropout: dropped }, laid, objective, now);
      drawn = until;
      const tokens = laid.reduce((sum, batch) => sum + batch.tokens, 0);
      return { tokens, columns: { loss, ...means, learningRate: now, gradNorm } };
    },
    save: () => saveState<Progress>(trained, { drawn }),
    async restore(bytes) {
      const where = "This state";
      const state = await openState<Progress>(bytes, where);
      await restoreState(trained, state, where);
      drawn = state.progress.drawn;
    },
    again: () => training(base, options),
    async finish(sink) {
      for (const [path, data] of await adapterFiles(base, adapter)) await sink.file(path, data);
    },
    // The moments stay as long as the adapter, for a training that goes on from this one.
    close: () => {},
    dispose: () => {
      disposeAdapter(adapter);
      adamw.dispose();
    },
  };
}

/** Draws go by the number of the update and not of the run's step, so that a continued training draws on. */
function dropoutOf(config: LoraConfig | "full", seed: number, update: number) {
  const rate = config === "full" ? 0 : (config.dropout ?? 0);
  if (rate === 0) return undefined;
  return (micro: number) => {
    const of = micro === 0 ? `dropout ${update}` : `dropout ${update}.${micro}`;
    return dropout(rate, (place) => random(seed, `${of} ${place}`).uniform);
  };
}

function requireCount(name: string, value: number): void {
  if (!Number.isInteger(value) || value < 1)
    throw new Error(`train(…) takes a whole number of ${name} from 1, not ${value}.`);
}
