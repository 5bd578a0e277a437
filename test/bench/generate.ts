/** Text generation with the 135M-parameter shape on the best backend of this machine, compared with transformers on its CPU. */
import type { BenchOptions } from "./bench.ts";
import type { Comparison } from "./comparison.ts";
import { small135m } from "./shapes.ts";
import { textGenerationBench } from "./text-generation.ts";

export function bench(options: BenchOptions): Promise<Comparison> {
  const workload = { batch: 16, length: 64, newTokens: 64 };
  return textGenerationBench(options, { name: "generate", config: small135m, workload, rounds: 3 });
}
