/** A LoRA step with the embedded model's shape on wasm, compared with PEFT on the same CPU. */
import type { BenchOptions } from "./bench.ts";
import type { Comparison } from "./comparison.ts";
import { embedded } from "./shapes.ts";
import { trainingBench } from "./training.ts";

export function bench(options: BenchOptions): Promise<Comparison> {
  const workload = { batch: 16, length: 64, rank: 16 };
  return trainingBench(options, { name: "train-wasm", backend: "wasm", config: embedded, workload, rounds: 25 });
}
