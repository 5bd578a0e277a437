/** The time from a model folder (135M parameters in bfloat16, already in the file cache) to the logits of the last of 16 tokens. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as tf from "@tensorflow/tfjs";
import { chooseBackend } from "../../cells/device/backend.ts";
import { linear } from "../../cells/device/functions.ts";
import { setHost } from "../../cells/host.ts";
import { decoder, forward, head } from "../../cells/model/decoder.ts";
import { loadWeights } from "../../cells/model/load-weights.ts";
import { Files } from "../../server/kernel/files.ts";
import { bareHost } from "../cells/bare-host.ts";
import type { BenchOptions } from "./bench.ts";
import { type Comparison, compare } from "./comparison.ts";
import { writeRandomFolder } from "./random-folder.ts";
import { someTokens } from "./random-model.ts";
import { small135m as config, shapeOf } from "./shapes.ts";

export async function bench(options: BenchOptions): Promise<Comparison> {
  await chooseBackend(options.backend);
  const workspace = await mkdtemp(join(tmpdir(), "palimpsest-bench-"));
  const folder = join(workspace, "model");
  const files = new Files(join(workspace, "n.ts"), workspace);
  setHost({ ...bareHost(), readFile: (path) => files.read(path), readRange: (...range) => files.readRange(...range) });
  const workload = { batch: 1, length: 16 };
  try {
    await writeRandomFolder(folder, config);
    const round = (): Promise<void> => firstLogits(folder, workload.length);
    const task = { task: "load", folder };
    return await compare(options, { name: "load", shape: shapeOf(config, workload), rounds: 7, task, round });
  } finally {
    await rm(workspace, { recursive: true });
  }
}

async function firstLogits(folder: string, length: number): Promise<void> {
  const { weights } = await loadWeights(folder, ["model.safetensors"], config);
  const model = decoder(config, weights);
  const shape: [number, number] = [1, length];
  const logits = tf.tidy(() => {
    const tokens = {
      ids: tf.tensor2d(someTokens(config, length, 0), shape, "int32"),
      positions: tf.tensor2d([...Array(length).keys()], shape, "int32"),
      segments: tf.zeros<tf.Rank.R2>(shape, "int32"),
    };
    const hidden = forward(model, undefined, tokens, { places: tf.tensor1d([length - 1], "int32") });
    return linear(hidden, head(model, undefined));
  });
  await logits.data();
  tf.dispose([logits, model.frequencies, ...weights.values()]);
}
