/** Text generation with the embedded model's shape on wasm, compared with transformers. A cell that writes rationales does this work. */
import type { BenchOptions } from "./bench.ts";
import type { Comparison } from "./comparison.ts";
import { embedded } from "./shapes.ts";
import { textGenerationBench } from "./text-generation.ts";

export function bench(options: BenchOptions): Promise<Comparison> {
  return textGenerationBench(options, {
    name: "generate-embedded",
    backend: "wasm",
    config: embedded,
    workload: { batch: 64, length: 48, newTokens: 64 },
    rounds: 9,
  });
}
