/** Writing with the embedded model on wasm, against transformers: what a cell waits for that writes rationales. */
import type { BenchOptions } from "./bench.ts";
import type { Measured } from "./comparison.ts";
import { generationBench } from "./generation.ts";
import { embedded } from "./shapes.ts";

export function bench(options: BenchOptions): Promise<Measured> {
  const load = { batch: 64, length: 48, newTokens: 64 };
  return generationBench(options, { name: "generate-embedded", backend: "wasm", config: embedded, load, rounds: 9 });
}
