/**
 * One process of the bench `memory`: loads a model folder, does three LoRA steps, generates, and prints what each took as JSON. With
 * `pairs` it then does steps in turn with and without dropout, and with weights in 16 and in 32 bits.
 */
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import * as tf from "@tensorflow/tfjs";
import { chooseBackend } from "../../cells/device/backend.ts";
import { setHost } from "../../cells/host.ts";
import { freshAdapter } from "../../cells/model/adapter.ts";
import { parseConfig } from "../../cells/model/config.ts";
import { type Decoder, decoder } from "../../cells/model/decoder.ts";
import { dropout } from "../../cells/model/dropout.ts";
import { continueAll } from "../../cells/model/generate.ts";
import { loadWeights } from "../../cells/model/load-weights.ts";
import { lora } from "../../cells/model/lora.ts";
import { layOut } from "../../cells/model/target-rows.ts";
import { random } from "../../cells/random.ts";
import { optimizer } from "../../cells/train/step/optimizer.ts";
import { update } from "../../cells/train/step/update.ts";
import { Files } from "../../server/kernel/files.ts";
import { bareHost } from "../cells/bare-host.ts";
import { peakMemory } from "../peak-memory.ts";
import { median } from "./comparison.ts";
import { someTokens } from "./random-model.ts";

export type Work = {
  readonly folder: string;
  readonly backend: string;
  readonly steps: number;
  readonly newTokens: number;
  /** How many pairs of steps are compared. */
  readonly pairs: { readonly dropout: number; readonly narrow: number };
};
/** Seconds of wall clock; bytes of resident memory, the largest so far. Ratios are of processor time. */
export type Measured = {
  readonly load: number;
  readonly step: number | null;
  readonly generate: number;
  readonly peak: number;
  /** Of each pair. */
  readonly dropoutShare: readonly number[];
  readonly narrowRatio: readonly number[];
};

/** 4 × 64 tokens, all of them targets but the first of each row. */
const [rows, time] = [4, 64];
const { folder, backend, steps, newTokens, pairs } = JSON.parse(process.argv[2]!) as Work;

await chooseBackend(backend);
const files = new Files(join(dirname(folder), "n.ts"), dirname(folder));
setHost({ ...bareHost(), readFile: (path) => files.read(path), readRange: (...range) => files.readRange(...range) });
const config = parseConfig(await readFile(join(folder, "config.json"), "utf8"), folder);

async function timed<T>(
  work: () => Promise<T>,
): Promise<{ readonly seconds: number; readonly cpu: number; readonly value: T }> {
  const [start, before] = [performance.now(), process.cpuUsage()];
  const value = await work();
  const { user, system } = process.cpuUsage(before);
  return { seconds: (performance.now() - start) / 1000, cpu: (user + system) / 1e6, value };
}

/** @returns a function that does one step */
function training(base: Decoder, rate: number): () => Promise<unknown> {
  const adapter = freshAdapter(base, lora({ rank: 16, dropout: rate }), random(1, "adapter").uniform);
  const adamw = optimizer(adapter.tensors, { beta1: 0.9, beta2: 0.999, eps: 1e-8, weightDecay: 0, clip: 1 });
  const spans = [{ role: "answer", weight: 1, from: 1, to: time } as const];
  const batch = layOut(Array.from({ length: rows }, (_, row) => ({ ids: someTokens(config, time, row), spans })));
  const learner = { decoder: base, adapter, parameters: adapter.tensors, optimizer: adamw };
  const dropped = { dropout: () => dropout(rate, (place) => random(adamw.step, place)) };
  const all = rate > 0 ? { ...learner, ...dropped } : learner;
  return () => update(all, [batch], { per: "token", weight: () => 1 }, 1e-4);
}

/**
 * Processor time of one kind of step ÷ that of another, for each pair. Each kind is first in every other pair, so that work of other
 * programs that grows or shrinks meanwhile cancels.
 */
async function ratios(one: () => Promise<unknown>, other: () => Promise<unknown>, count: number): Promise<number[]> {
  if (count === 0) return [];
  await one();
  await other();
  const found: number[] = [];
  for (let pair = 0; pair < count; pair += 1) {
    const isTurned = pair % 2 === 1;
    const first = await timed(isTurned ? other : one);
    const second = await timed(isTurned ? one : other);
    found.push(isTurned ? second.cpu / first.cpu : first.cpu / second.cpu);
  }
  return found;
}

const load = await timed(() => loadWeights(folder, ["model.safetensors"], config));
const base = decoder(config, load.value.weights);
const step = training(base, 0);
const stepSeconds: number[] = [];
for (let done = 0; done < steps; done += 1) stepSeconds.push((await timed(step)).seconds);
const settings = { maxTokens: newTokens, stopTokens: new Set<number>(), label: undefined };
const generate = await timed(() => continueAll(base, undefined, [someTokens(config, time, 1)], settings));
const peak = peakMemory();
const wide = (): Decoder =>
  decoder(config, new Map([...base.weights].map(([name, w]) => [name, tf.tidy(() => tf.add(w, 0))])));
const measured: Measured = {
  load: load.seconds,
  step: steps > 0 ? median(stepSeconds) : null,
  generate: generate.seconds,
  peak,
  dropoutShare: (await ratios(training(base, 0.05), step, pairs.dropout)).map((ratio) => 1 - 1 / ratio),
  narrowRatio: pairs.narrow > 0 ? await ratios(step, training(wide(), 0), pairs.narrow) : [],
};
process.stdout.write(`${JSON.stringify(measured)}\n`);
process.exit(0);
