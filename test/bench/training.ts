/** One LoRA step as a training does it: every token of the batch is read, and every token but a row's first is a target. */
import * as tf from "@tensorflow/tfjs";
import { chooseBackend } from "../../cells/device/backend.ts";
import { freshAdapter } from "../../cells/model/adapter.ts";
import { type Decoder, decoder } from "../../cells/model/decoder.ts";
import { lora } from "../../cells/model/lora.ts";
import type { ModelConfig } from "../../cells/model/model-config.ts";
import { layOut } from "../../cells/model/target-rows.ts";
import { random } from "../../cells/random.ts";
import { optimizer } from "../../cells/train/step/optimizer.ts";
import { update } from "../../cells/train/step/update.ts";
import { bareHost } from "../cells/bare-host.ts";
import type { BenchOptions } from "./bench.ts";
import { type Measured, measure } from "./comparison.ts";
import { type Load, randomWeights, shapeOf, someTokens } from "./shapes.ts";

export type TrainingBench = {
  readonly name: string;
  readonly backend: string;
  readonly config: ModelConfig;
  readonly load: Load & { readonly rank: number };
  readonly rounds: number;
  /** Where the peer trains, and in which type. */
  readonly peer?: { readonly device: string; readonly dtype: string };
};

export async function randomDecoder(config: ModelConfig): Promise<Decoder> {
  const weights = new Map<string, tf.Tensor>();
  for (const { name, shape, values } of randomWeights(config)) weights.set(name, tf.tensor(values, shape));
  return decoder(config, weights);
}

export async function trainingBench(options: BenchOptions, asked: TrainingBench): Promise<Measured> {
  const { name, config, load, rounds, peer } = asked;
  const { batch, length, rank } = load;
  await chooseBackend(options.backend ?? asked.backend);
  bareHost();
  const step = await trainingStep(config, load);
  const task = { task: "train", model: config, batch, length, rank, ...peer };
  return measure(options, { name, shape: shapeOf(config, load), tokens: batch * length, rounds, task, round: step });
}

/** A function that does one step more. */
export async function trainingStep(
  config: ModelConfig,
  { batch, length, rank }: Load & { readonly rank: number },
): Promise<() => Promise<void>> {
  const base = await randomDecoder(config);
  const adapter = freshAdapter(base, lora({ rank }), random(1, "adapter").uniform);
  const parameters = adapter.tensors;
  const adamw = optimizer(parameters, { beta1: 0.9, beta2: 0.99, eps: 1e-8, weightDecay: 0, clip: 1 });
  const samples = Array.from({ length: batch }, (_, row) => {
    const spans = [{ role: "answer", weight: 1, from: 1, to: length } as const];
    return { ids: someTokens(config, length, row), spans };
  });
  const laid = layOut(samples);
  return async () => {
    await update(
      { decoder: base, adapter, parameters, optimizer: adamw },
      [laid],
      { per: "token", weight: () => 1 },
      1e-4,
    );
  };
}
