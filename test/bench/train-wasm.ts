/** A LoRA step of the embedded model on wasm, against PEFT on the same cores. */
import type { BenchOptions } from "./bench.ts";
import type { Measured } from "./comparison.ts";
import { embedded } from "./shapes.ts";
import { trainingBench } from "./training.ts";

export function bench(options: BenchOptions): Promise<Measured> {
  const load = { batch: 16, length: 64, rank: 16 };
  return trainingBench(options, { name: "train-wasm", backend: "wasm", config: embedded, load, rounds: 25 });
}
