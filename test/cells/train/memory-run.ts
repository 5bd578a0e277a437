/**
 * Trains a LoRA on a model folder and prints its largest memory in bytes. Run by `memory.test.ts` as a process of its own, because a peak
 * is known only for a whole process.
 */
import { readFileSync } from "node:fs";
import { dirname } from "node:path";
import * as tf from "@tensorflow/tfjs";
import { chooseBackend } from "../../../cells/device/backend.ts";
import { setHost } from "../../../cells/host.ts";
import { freshAdapter } from "../../../cells/model/adapter.ts";
import { parseConfig } from "../../../cells/model/config.ts";
import { decoder } from "../../../cells/model/decoder.ts";
import { dropout } from "../../../cells/model/dropout.ts";
import { loadWeights } from "../../../cells/model/load-weights.ts";
import { type LoraConfig, lora } from "../../../cells/model/lora.ts";
import { layOut } from "../../../cells/model/target-rows.ts";
import { random } from "../../../cells/random.ts";
import { optimizer } from "../../../cells/train/step/optimizer.ts";
import { update } from "../../../cells/train/step/update.ts";
import { Files } from "../../../server/kernel/files.ts";
import { someTokens } from "../../bench/random-model.ts";
import { peakMemory } from "../../peak-memory.ts";
import { bareHost } from "../bare-host.ts";

type Work = {
  readonly folder: string;
  readonly backend: string;
  readonly adapter: LoraConfig;
  readonly rows: number;
  readonly time: number;
  readonly checkpointing: boolean;
};
const { folder, backend, adapter: settings, rows, time, checkpointing } = JSON.parse(process.argv[2]!) as Work;

await chooseBackend(backend);
const files = new Files(`${dirname(folder)}/n.ts`, dirname(folder));
setHost({ ...bareHost(), readFile: (path) => files.read(path), readRange: (...range) => files.readRange(...range) });
const config = parseConfig(readFileSync(`${folder}/config.json`, "utf8"), folder);
const { weights } = await loadWeights(folder, ["model.safetensors"], config);
const base = decoder(config, weights);
const adapter = freshAdapter(base, lora(settings), random(1, "adapter").uniform);
const adamw = optimizer(adapter.tensors, { beta1: 0.9, beta2: 0.999, eps: 1e-8, weightDecay: 0, clip: 1 });
const spans = [{ role: "answer", weight: 1, from: 1, to: time } as const];
const batch = layOut(Array.from({ length: rows }, (_, row) => ({ ids: someTokens(config, time, row), spans })));
const learner = { decoder: base, adapter, parameters: adapter.tensors, optimizer: adamw, checkpointing };
for (let step = 0; step < 2; step += 1) {
  const dropped = settings.dropout && (() => dropout(settings.dropout!, (place) => random(step, place)));
  await update({ ...learner, ...(dropped && { dropout: dropped }) }, [batch], { per: "token", weight: () => 1 }, 1e-4);
}
process.stdout.write(`${JSON.stringify({ peak: peakMemory(), tensors: tf.memory().numTensors })}\n`);
process.exit(0);
