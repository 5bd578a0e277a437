/** A LoRA step with the 135M-parameter shape on TensorFlow, compared with PEFT on the CPU. */
import type { BenchOptions } from "./bench.ts";
import type { Comparison } from "./comparison.ts";
import { small135m } from "./shapes.ts";
import { trainingBench } from "./training.ts";

export function bench(options: BenchOptions): Promise<Comparison> {
  return trainingBench(options, {
    name: "train-tensorflow",
    backend: "tensorflow",
    config: small135m,
    workload: { batch: 4, length: 256, rank: 16 },
    rounds: 4,
  });
}
