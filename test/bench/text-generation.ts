/** Greedy decoding of a batch of prompts, as the `generate…` benches measure it. No stop token ends a row early. */
import { chooseBackend } from "../../cells/device/backend.ts";
import { continueAll } from "../../cells/model/generate.ts";
import type { ModelConfig } from "../../cells/model/model-config.ts";
import { bareHost } from "../cells/bare-host.ts";
import type { BenchOptions } from "./bench.ts";
import { type Comparison, compare } from "./comparison.ts";
import { randomDecoder, someTokens } from "./random-model.ts";
import { shapeOf, type Workload } from "./shapes.ts";

export type TextGenerationBench = {
  readonly name: string;
  /** The best one of this machine if left out. */
  readonly backend?: string;
  readonly config: ModelConfig;
  /** `batch` prompts of `length` tokens each. */
  readonly workload: Workload & { readonly newTokens: number };
  readonly rounds: number;
};

export async function textGenerationBench(options: BenchOptions, generation: TextGenerationBench): Promise<Comparison> {
  const { name, config, workload, rounds } = generation;
  const { batch, length, newTokens } = workload;
  const { name: backend } = await chooseBackend(options.backend ?? generation.backend);
  bareHost();
  const base = await randomDecoder(config);
  const prompts = Array.from({ length: batch }, (_, row) => someTokens(config, length, row));
  const settings = { maxTokens: newTokens, stopTokens: new Set<number>(), label: undefined };
  const round = async (): Promise<void> => {
    const continuations = await continueAll(base, undefined, prompts, settings);
    const short = continuations.find(({ tokens }) => tokens.length !== newTokens);
    if (short) throw new Error(`a row ended after ${short.tokens.length} tokens instead of ${newTokens}`);
  };
  const task = { task: "generate", model: config, batch, length, newTokens };
  if (!options.json) console.log(`backend ${backend}`);
  return compare(options, { name, shape: shapeOf(config, workload), tokens: batch * newTokens, rounds, task, round });
}
