/**
 * The frequencies of rotary position embeddings (Su et al., https://arxiv.org/abs/2104.09864), and their scaling in Llama 3.1:
 * slow frequencies are divided by a factor, fast ones stay, and those between are interpolated.
 */

import { pow } from "../portable-math.ts";
import type { ModelConfig } from "./model-config.ts";

/** One angular frequency, in radians per position, for each pair of a head's dimensions: `[headWidth / 2]`. */
export function inverseFrequencies(config: ModelConfig): Float32Array {
  const { headWidth, ropeBase, ropeScaling: scaling } = config;
  return Float32Array.from({ length: headWidth / 2 }, (_, pair) => {
    const frequency = 1 / pow(ropeBase, (2 * pair) / headWidth);
    if (!scaling) return frequency;
    const { factor, lowFrequencyFactor: low, highFrequencyFactor: high, originalLength } = scaling;
    const turns = (originalLength * frequency) / (2 * Math.PI);
    // From 0 (slow, divided by the factor) to 1 (fast, unchanged).
    const speed = Math.min(1, Math.max(0, (turns - low) / (high - low)));
    return ((1 - speed) * frequency) / factor + speed * frequency;
  });
}
