/** A decoder with random weights, and token ids to feed it. */
import * as tf from "@tensorflow/tfjs";
import { type Decoder, decoder } from "../../cells/model/decoder.ts";
import type { ModelConfig } from "../../cells/model/model-config.ts";
import { weightShapes } from "../../cells/model/weights.ts";
import { random } from "../../cells/random.ts";

export type RandomWeight = { readonly name: string; readonly shape: number[]; readonly values: Float32Array };

/** Every weight with a standard deviation of about 0.02, norms 1, biases 0. A generator, so that few of them are in memory at a time. */
export function* randomWeights(config: ModelConfig): Generator<RandomWeight> {
  // Slices of one table from random offsets: good enough here, and 100 times as fast as drawing each number.
  const { uniform } = random(1, "bench weights");
  const table = Float32Array.from({ length: 65_537 }, () => (uniform() - 0.5) * 0.07);
  for (const [name, shape] of weightShapes(config)) {
    const values = new Float32Array(shape.reduce((product, n) => product * n, 1));
    if (shape.length === 1) values.fill(name.endsWith("bias") ? 0 : 1);
    else {
      for (let filled = 0; filled < values.length; ) {
        const start = Math.floor(uniform() * 65_000);
        const slice = table.subarray(start, start + Math.min(table.length - start, values.length - filled));
        values.set(slice, filled);
        filled += slice.length;
      }
    }
    yield { name, shape: [...shape], values };
  }
}

export async function randomDecoder(config: ModelConfig): Promise<Decoder> {
  const weights = new Map<string, tf.Tensor>();
  for (const { name, shape, values } of randomWeights(config)) weights.set(name, tf.tensor(values, shape));
  return decoder(config, weights);
}

/** `count` token ids that vary, without the first ten, which hold the special tokens. */
export function someTokens(config: ModelConfig, count: number, seed: number): number[] {
  return Array.from({ length: count }, (_, at) => 10 + ((at * 7919 + seed * 104_729) % (config.vocabulary - 10)));
}
