/**
 * Chooses the next token from the logits: the most likely one, or a random one after the filters of transformers in its order
 * (repetition penalty, temperature, top-k, top-p). Each filter is a threshold on probabilities, so tokens with equal probability are
 * kept or removed together.
 */
import type { Sampling } from "../contracts.ts";

/** @throws naming the first invalid setting. */
export function checkSampling({ repetitionPenalty = 1, temperature = 0, topK = 1, topP = 1 }: Sampling): void {
  const wrong =
    (!(repetitionPenalty > 0) && `repetitionPenalty must be above 0, not ${repetitionPenalty}`) ||
    (!(temperature >= 0 && temperature < Number.POSITIVE_INFINITY) &&
      `temperature must be a finite number of at least 0, not ${temperature}`) ||
    (!(Number.isInteger(topK) && topK >= 1) && `topK must be a whole number of at least 1, not ${topK}`) ||
    (!(topP > 0 && topP <= 1) && `topP must be above 0 and at most 1, not ${topP}`);
  if (wrong) throw new Error(`Generation cannot start: ${wrong}.`);
}

/** Whether the next token is simply the one with the highest logit, which the device can find itself. */
export function isPlainGreedy({ repetitionPenalty = 1, temperature = 0 }: Sampling): boolean {
  return temperature === 0 && repetitionPenalty === 1;
}

/**
 * @param scores logits of all tokens, `[vocabulary]`; changed in place
 * @param seen tokens of the prompt and the text so far, to which the repetition penalty applies
 * @param uniform gives a number from 0 to 1; called once, and only if a token is drawn
 */
export function chooseToken(
  scores: Float32Array,
  seen: Iterable<number>,
  { repetitionPenalty = 1, temperature = 0, topK, topP }: Sampling,
  uniform: () => number,
): number {
  if (repetitionPenalty !== 1) {
    for (const token of new Set(seen)) {
      const score = scores[token]!;
      scores[token] = score < 0 ? score * repetitionPenalty : score / repetitionPenalty;
    }
  }
  const best = scores.reduce((top, score, token) => (score > scores[top]! ? token : top), 0);
  if (temperature === 0) return best;
  const highest = scores[best]!;
  // Relative to the highest, so that exp does not overflow. Unnormalised probabilities.
  const weights = Float64Array.from(scores, (score) => Math.exp((score - highest) / temperature));
  const least = threshold(weights, topK, topP);
  const total = weights.reduce((sum, weight) => (weight < least ? sum : sum + weight), 0);
  let left = uniform() * total;
  let last = best;
  for (const [token, weight] of weights.entries()) {
    if (weight < least) continue;
    left -= weight;
    last = token;
    if (left < 0) break;
  }
  return last;
}

/** The smallest weight that may be drawn: among the `topK` largest, then among the fewest of those whose sum reaches `topP`. */
function threshold(weights: Float64Array, topK: number | undefined, topP: number | undefined): number {
  if (topK === undefined && (topP ?? 1) === 1) return 0;
  const sorted = weights.slice().sort().reverse();
  const leastOfTopK = topK === undefined ? 0 : sorted[Math.min(topK, sorted.length) - 1]!;
  if (topP === undefined) return leastOfTopK;
  const candidates = sorted.filter((weight) => weight >= leastOfTopK);
  const wanted = topP * candidates.reduce((sum, weight) => sum + weight, 0);
  let sum = 0;
  for (const weight of candidates) {
    sum += weight;
    if (sum >= wanted) return weight;
  }
  return leastOfTopK;
}
