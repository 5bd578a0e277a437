/**
 * A LoRA step on WebGPU, against PEFT in bfloat16 on the same card. `--shape 135m|0.5b|1b` chooses the model. Beside the measure
 * stand the operations that no LoRA step can do without (four per weight and token), as a rate.
 */
import { chooseBackend } from "../../cells/device/backend.ts";
import { weightShapes } from "../../cells/model/weights.ts";
import type { BenchOptions } from "./bench.ts";
import type { Measured } from "./comparison.ts";
import { shapes } from "./shapes.ts";
import { trainingBench } from "./training.ts";

export async function bench(options: BenchOptions): Promise<Measured & { floorTflops: number }> {
  const { shape = "135m" } = options;
  const config = shapes[shape];
  if (!config) throw new Error(`there is no shape "${shape}"; there are ${Object.keys(shapes).join(", ")}`);
  // A step takes minutes there, so it must be meant.
  const { note } = await chooseBackend("webgpu");
  if (note !== undefined && options.backend === undefined)
    throw new Error(`no GPU here: ${note}. Say --backend webgpu to measure it all the same`);
  const load = { batch: 4, length: 256, rank: 16 };
  const peer = { device: "cuda", dtype: "bfloat16" };
  const measured = await trainingBench(options, {
    name: "train-webgpu",
    backend: "webgpu",
    config,
    load,
    rounds: 10,
    peer,
  });
  // A tied table counts once, as the head; one that is looked up costs nothing.
  const weights = [...weightShapes(config)].filter(([name]) => config.tied || !name.includes("embed_tokens"));
  const size = weights.reduce((sum, [, dimensions]) => sum + dimensions.reduce((product, n) => product * n, 1), 0);
  return { ...measured, floorTflops: Number(((4 * size * measured.ours) / 1e12).toPrecision(4)) };
}
