/**
 * The frequencies of rotary position embeddings (Su et al., https://arxiv.org/abs/2104.09864), and their stretching in
 * Llama 3.1: slow frequencies are divided by a factor, fast ones kept, those between blended.
 */
import type { ModelConfig } from "./model-config.ts";

/** One angular frequency per pair of a head's dimensions, `[headWidth / 2]`. */
export function inverseFrequencies(config: ModelConfig): Float32Array {
  const { headWidth, ropeBase, ropeScaling: scaling } = config;
  return Float32Array.from({ length: headWidth / 2 }, (_, pair) => {
    const frequency = 1 / ropeBase ** ((2 * pair) / headWidth);
    if (!scaling) return frequency;
    const { factor, lowFrequencyFactor: low, highFrequencyFactor: high, originalLength } = scaling;
    // How often the pair turns round within the original length, as a share of the way from slow (0) to fast (1).
    const turns = (originalLength * frequency) / (2 * Math.PI);
    const kept = Math.min(1, Math.max(0, (turns - low) / (high - low)));
    return ((1 - kept) * frequency) / factor + kept * frequency;
  });
}
