/** The LoRA training step that the `train-…` benches measure. Every token of the batch is read; all but the first of each row are targets. */
import { chooseBackend } from "../../cells/device/backend.ts";
import { freshAdapter } from "../../cells/model/adapter.ts";
import { lora } from "../../cells/model/lora.ts";
import type { ModelConfig } from "../../cells/model/model-config.ts";
import { layOut } from "../../cells/model/target-rows.ts";
import { random } from "../../cells/random.ts";
import { optimizer } from "../../cells/train/step/optimizer.ts";
import { update } from "../../cells/train/step/update.ts";
import { bareHost } from "../cells/bare-host.ts";
import type { BenchOptions } from "./bench.ts";
import { type Comparison, compare } from "./comparison.ts";
import { randomDecoder, someTokens } from "./random-model.ts";
import { shapeOf, type Workload } from "./shapes.ts";

type TrainingWorkload = Workload & { readonly rank: number };

export type TrainingBench = {
  readonly name: string;
  readonly backend: string;
  readonly config: ModelConfig;
  readonly workload: TrainingWorkload;
  readonly rounds: number;
  /** PyTorch's device and dtype, `cpu` and `float32` if left out. */
  readonly peer?: { readonly device: string; readonly dtype: string };
};

export async function trainingBench(options: BenchOptions, training: TrainingBench): Promise<Comparison> {
  const { name, config, workload, rounds, peer } = training;
  const { batch, length, rank } = workload;
  await chooseBackend(options.backend ?? training.backend);
  bareHost();
  const round = await trainingStep(config, workload);
  const task = { task: "train", model: config, batch, length, rank, ...peer };
  return compare(options, { name, shape: shapeOf(config, workload), tokens: batch * length, rounds, task, round });
}

/** @returns a function that does one more step each time it is called. */
export async function trainingStep(
  config: ModelConfig,
  { batch, length, rank }: TrainingWorkload,
): Promise<() => Promise<void>> {
  const base = await randomDecoder(config);
  const adapter = freshAdapter(base, lora({ rank }), random(1, "adapter").uniform);
  const parameters = adapter.tensors;
  const adamw = optimizer(parameters, { beta1: 0.9, beta2: 0.99, eps: 1e-8, weightDecay: 0, clip: 1 });
  const samples = Array.from({ length: batch }, (_, row) => {
    const spans = [{ role: "answer", weight: 1, from: 1, to: length } as const];
    return { ids: someTokens(config, length, row), spans };
  });
  const targets = layOut(samples);
  return async () => {
    await update(
      { decoder: base, adapter, parameters, optimizer: adamw },
      [targets],
      { per: "token", weight: () => 1 },
      1e-4,
    );
  };
}
