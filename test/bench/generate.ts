/** Writing with a 135M-parameter model on the best backend of the CPU, against transformers on the same cores. */
import type { BenchOptions } from "./bench.ts";
import type { Measured } from "./comparison.ts";
import { generationBench } from "./generation.ts";
import { small135m } from "./shapes.ts";

export function bench(options: BenchOptions): Promise<Measured> {
  const load = { batch: 16, length: 64, newTokens: 64 };
  return generationBench(options, { name: "generate", config: small135m, load, rounds: 3 });
}
