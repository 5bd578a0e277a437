/** Greedy continuation of a batch of prompts; nothing ends a row early. */
import { chooseBackend } from "../../cells/device/backend.ts";
import { continueAll } from "../../cells/model/generate.ts";
import type { ModelConfig } from "../../cells/model/model-config.ts";
import { bareHost } from "../cells/bare-host.ts";
import type { BenchOptions } from "./bench.ts";
import { type Measured, measure } from "./comparison.ts";
import { type Load, shapeOf, someTokens } from "./shapes.ts";
import { randomDecoder } from "./training.ts";

export type GenerationBench = {
  readonly name: string;
  /** The first usable one where left out. */
  readonly backend?: string;
  readonly config: ModelConfig;
  readonly load: Load & { readonly newTokens: number };
  readonly rounds: number;
};

export async function generationBench(options: BenchOptions, asked: GenerationBench): Promise<Measured> {
  const { name, config, load, rounds } = asked;
  const { batch, length, newTokens } = load;
  const { name: backend } = await chooseBackend(options.backend ?? asked.backend);
  bareHost();
  const base = await randomDecoder(config);
  const prompts = Array.from({ length: batch }, (_, row) => someTokens(config, length, row));
  const settings = { maxTokens: newTokens, stopTokens: new Set<number>(), label: undefined };
  const round = async (): Promise<void> => {
    const written = await continueAll(base, undefined, prompts, settings);
    const wrong = written.find(({ tokens }) => tokens.length !== newTokens);
    if (wrong) throw new Error(`a row ended after ${wrong.tokens.length} tokens`);
  };
  const task = { task: "generate", model: config, batch, length, newTokens };
  if (!options.json) console.log(`backend ${backend}`);
  return measure(options, { name, shape: shapeOf(config, load), tokens: batch * newTokens, rounds, task, round });
}
