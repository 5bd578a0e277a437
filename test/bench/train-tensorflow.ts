/** A LoRA step of a 135M-parameter model on TensorFlow, against PEFT on the same cores. */
import type { BenchOptions } from "./bench.ts";
import type { Measured } from "./comparison.ts";
import { small135m } from "./shapes.ts";
import { trainingBench } from "./training.ts";

export function bench(options: BenchOptions): Promise<Measured> {
  const load = { batch: 4, length: 256, rank: 16 };
  return trainingBench(options, {
    name: "train-tensorflow",
    backend: "tensorflow",
    config: small135m,
    load,
    rounds: 4,
  });
}
