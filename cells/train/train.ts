/**
 * Fine-tunes a chat model on the samples of a method: a LoRA on the frozen base, or a copy of all its weights. The
 * adapter's initial weights, the order of the data and the dropout depend only on the seed, so two trainings with equal
 * settings give equal losses on the same backend.
 */
import * as tf from "@tensorflow/tfjs";
import type { Run } from "../contracts.ts";
import type { BackendName } from "../device/backend-name.ts";
import { isNarrow } from "../device/narrow.ts";
import { host } from "../host.ts";
import { disposeAdapter } from "../model/adapter.ts";
import type { BaseModel } from "../model/chat-model.ts";
import { dropout } from "../model/dropout.ts";
import type { EncodedSample } from "../model/encoded-sample.ts";
import type { LoraConfig } from "../model/lora.ts";
import { adapterFiles } from "../model/tuned-folder.ts";
import { embeddingName } from "../model/weights.ts";
import { random } from "../random.ts";
import { type MemoryPlan, trainingMemory } from "./memory.ts";
import { freeFor, memoryAdvice } from "./memory-advice.ts";
import { adoptState } from "./run/adopt.ts";
import { startRun } from "./run/run.ts";
import type { PreparationAlert, Training } from "./run/training.ts";
import { TrainingData } from "./run/training-data.ts";
import { openState, savingAndRestoring } from "./run/training-state.ts";
import { type Settings, settingsOf, stepCount, totalSamples, warmupSteps } from "./settings.ts";
import { startAdapter } from "./start-adapter.ts";
import { lengthStep, microBatches } from "./step/batches.ts";
import { optimizer } from "./step/optimizer.ts";
import { learningRate as rateAt } from "./step/schedule.ts";
import { update } from "./step/update.ts";
import { requireTrainOptions, type TrainOptions } from "./train-options.ts";

export type { TrainOptions } from "./train-options.ts";

/** The number of samples drawn so far, including those of the runs that this one continues. */
type Progress = { readonly drawn: number };

/** Starts a training and returns its run at once. The adapter is freed when the calling cell's generation ends. */
export function train(base: BaseModel, options: TrainOptions): Run {
  return startRun(fineTuning(base, options));
}

/** What a run of `train` does. @throws naming the option that is unknown or out of range */
export function fineTuning(base: BaseModel, given: TrainOptions): Training {
  requireTrainOptions(given);
  const { from, ...options } = given;
  const { method, checkpointing = false, learningRate = 2e-4 } = options;
  const settings = settingsOf(options, base.decoder.config.positions);
  const { batch, accumulate, packing, maxLength, overlong, blocks } = settings;
  const { schedule: shape, floor, weightDecay, betas, eps, clip } = settings;
  const seed = options.seed ?? host().seed;

  // Cleared once it is read, so that a chain of runs does not keep all earlier ones in memory.
  let source = from && ("run" in from ? from : { run: from, take: undefined });
  const rate = typeof learningRate === "number" ? { value: learningRate } : learningRate;
  const { adapter, tokenizer, origin } = startAdapter(base, given, random(seed, "adapter").uniform);
  const { config } = adapter;
  const parameters = adapter.tensors;
  const adamw = optimizer(parameters, { beta1: betas[0], beta2: betas[1], eps, weightDecay, clip });
  const learner = { decoder: base.decoder, adapter, parameters, optimizer: adamw, checkpointing };
  const row = typeof packing === "number" ? packing : undefined;
  const data = new TrainingData(method, tokenizer, { maxLength, overlong, blocks, row }, seed);
  // Known for certain when the samples are encoded: some may be left out or joined.
  let steps = stepCount(options, settings, "samples" in method ? method.samples.length : 0);
  const recipe = data.digest.then((samples) => {
    return { digest: base.digest, samples, per: method.per, adapter: config, steps, ...settings, seed };
  });
  // A run that is stopped before its samples are made has no state; who asks for it gets the error.
  recipe.catch(() => {});
  let drawn = 0;
  /** The last step of a training by epochs learns what is left of its samples. */
  let total = Number.POSITIVE_INFINITY;
  const samplesOf = (step: number): number => Math.min(batch * accumulate, total - (step - 1) * batch * accumulate);

  return {
    meta: {
      method: method.name,
      steps,
      config: {
        ...method.config,
        model: base.name,
        digest: base.digest,
        encoding: tokenizer.encoding,
        template: tokenizer.template,
        per: method.per,
        ...(config === "full" ? { adapter: "full" } : config),
        ...(options.epochs === undefined ? { steps } : { epochs: options.epochs }),
        ...settings,
        checkpointing,
        learningRate: rate.value,
        seed,
      },
    },
    knobs: { ...method.knobs, learningRate: rate },
    model: base.with(adapter, tokenizer),
    task: { samples: (limit) => data.taskSamples(limit), maxLength },
    checkpointEvery: options.checkpointEvery,
    async prepare(control) {
      const { config, counts, samples, alerts: dataAlerts } = await data.prepare(control);
      const adapterFrom = await origin;
      steps = stepCount(options, settings, counts.samples);
      total = totalSamples(options, counts.samples);
      const plan = { ...planOf(base, samples, settings), adapter: adapter.config, checkpointing };
      const memory = trainingMemory(plan);
      const advice = memoryAdvice(plan, await freeFor(plan, memory));
      const alerts: PreparationAlert[] = [
        ...dataAlerts,
        ...warmupAlerts(settings, steps),
        ...(advice === undefined ? [] : [{ name: "memory", message: advice } as const]),
      ];
      for (const { message } of alerts) console.warn(`train(…): ${message[0]!.toLowerCase()}${message.slice(1)}`);
      return { steps, config: { ...config, data: counts, memory, ...(adapterFrom && { adapterFrom }) }, alerts };
    },
    async begin() {
      const { run, take } = source ?? {};
      source = undefined;
      if (!run) return [];
      const saved = await openState<Progress>(await run.state(), "The state of the run in `from`");
      const moments = take && !take.includes("moments") ? "fresh" : "saved";
      await adoptState(saved, { digest: base.digest, adapter, optimizer: adamw, moments });
      const sameOrder = data.isOrderOf(saved.recipe, await data.digest);
      if (take?.includes("position") && !sameOrder)
        throw new Error('The run in `from` read other data, or in another order. Leave "position" out of take.');
      if (sameOrder && (!take || take.includes("position"))) drawn = saved.progress.drawn;
      return [];
    },
    async step(step, read) {
      const end = drawn + samplesOf(step);
      const batches = microBatches(await data.samples(drawn, end), { batch, packing });
      const warmup = warmupSteps(settings, steps);
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
      for (const [path, data] of await adapterFiles({ ...base, tokenizer }, adapter)) await sink.file(path, data);
    },
    // The moments stay as long as the adapter, for a training that continues from this one.
    close: () => data.close(),
    dispose: () => {
      disposeAdapter(adapter);
      adamw.dispose();
    },
  };
}

function warmupAlerts(settings: Settings, steps: number): PreparationAlert[] {
  const warmup = warmupSteps(settings, steps);
  if (warmup < steps || steps === 1) return [];
  const message =
    `The warm-up has ${warmup} steps and the training ${steps}, so the learning rate never falls. ` +
    "Give warmup as a share, such as 0.1.";
  return [{ name: "warm-up", message }];
}

/** The largest micro-batch that the samples can make. */
function planOf(
  { decoder }: BaseModel,
  samples: readonly EncodedSample[],
  { batch, packing }: { readonly batch: number; readonly packing: boolean | number },
): Omit<MemoryPlan, "adapter" | "checkpointing"> {
  const targetsOf = ({ spans }: EncodedSample): number => spans.reduce((sum, { from, to }) => sum + to - from, 0);
  // Plain loops: a list of many samples is too long for the arguments of Math.max.
  let [longest, most] = [1, 1];
  for (const sample of samples) {
    longest = Math.max(longest, sample.ids.length);
    most = Math.max(most, targetsOf(sample));
  }
  const time = typeof packing === "number" ? packing : longest;
  return {
    model: decoder.config,
    backend: tf.getBackend() as BackendName,
    storedBytes: isNarrow(decoder.weights.get(embeddingName)!) ? 2 : 4,
    rows: batch,
    time: Math.ceil(time / lengthStep) * lengthStep,
    targets: batch * most,
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
    return dropout(rate, (place) => random(seed, `${draw} ${place}`));
  };
}
