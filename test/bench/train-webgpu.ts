/**
 * A LoRA step on WebGPU, compared with PEFT in bfloat16 on the same GPU. `--shape` chooses the model. `floorTflops` is the rate of the
 * operations that every LoRA step needs, as a lower bound of what the GPU computed: 4 per weight and token, 2 forward and 2 backward.
 */
import { chooseBackend } from "../../cells/device/backend.ts";
import type { ModelConfig } from "../../cells/model/model-config.ts";
import { weightShapes } from "../../cells/model/weights.ts";
import type { BenchOptions } from "./bench.ts";
import type { Comparison } from "./comparison.ts";
import { shapes } from "./shapes.ts";
import { trainingBench } from "./training.ts";

export async function bench(options: BenchOptions): Promise<Comparison & { floorTflops: number }> {
  const { shape = "135m" } = options;
  const config = shapes[shape];
  if (!config) throw new Error(`there is no shape "${shape}"; --shape takes ${Object.keys(shapes).join(", ")}`);
  const { note } = await chooseBackend("webgpu");
  // A step takes minutes on a software adapter, so it runs there only when asked for by name.
  if (note !== undefined && options.backend === undefined)
    throw new Error(`no GPU: ${note}. Add --backend webgpu to measure it anyway`);
  const comparison = await trainingBench(options, {
    name: "train-webgpu",
    backend: "webgpu",
    config,
    workload: { batch: 4, length: 256, rank: 16 },
    rounds: 10,
    peer: { device: "cuda", dtype: "bfloat16" },
  });
  const operations = 4 * multipliedWeights(config) * comparison.ours;
  return { ...comparison, floorTflops: Number((operations / 1e12).toPrecision(4)) };
}

/** The number of weights that a token is multiplied by. A tied embedding counts once, as the head; a separate one is only looked up. */
function multipliedWeights(config: ModelConfig): number {
  const weights = [...weightShapes(config)].filter(([name]) => config.tied || !name.includes("embed_tokens"));
  return weights.reduce((sum, [, dimensions]) => sum + dimensions.reduce((product, n) => product * n, 1), 0);
}
