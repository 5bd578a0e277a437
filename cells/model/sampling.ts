/**
 * Chooses the next token from the logits: the most likely one, or a random one after the filters of transformers in its order
 * (repetition penalty, temperature, top-k, top-p). Each filter is a threshold on probabilities, so tokens with equal probability are
 * kept or removed together.
 */
import type { Sampling } from "../contracts.ts";
import { exp } from "../portable-math.ts";
import { requireFinite } from "./not-finite.ts";

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
 * @throws if a logit is not a finite number
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
  // Plain loops: callbacks would take most of the time of a token with a large vocabulary.
  let [best, sum] = [0, 0];
  for (let token = 0; token < scores.length; token += 1) {
    const score = scores[token]!;
    sum += score;
    if (score > scores[best]!) best = token;
  }
  requireFinite(sum);
  if (temperature === 0) return best;
  const likely = likelihoods(scores, scores[best]!, temperature);
  const { weights } = likely;
  const { least, total } = threshold(likely, topK, topP);
  let left = total * uniform();
  for (let token = 0; token < weights.length; token += 1) {
    const weight = weights[token]!;
    left -= weight >= least ? weight : 0;
    if (left < 0) return token;
  }
  // Rounding can leave a little of the sum.
  return weights.findLastIndex((weight) => weight >= least && weight > 0);
}

/** Unnormalised probabilities, with their number and sum in buckets of similar weight: 1/64 nat each. */
type Likelihoods = {
  readonly weights: Float64Array;
  readonly buckets: Uint16Array;
  readonly counts: Int32Array;
  readonly sums: Float64Array;
  readonly total: number;
};

const roomFor = (size: number): Omit<Likelihoods, "total"> => ({
  weights: new Float64Array(size),
  buckets: new Uint16Array(size),
  counts: new Int32Array(bucketCount),
  sums: new Float64Array(bucketCount),
});

const bucketsPerNat = 64;
/** Beyond e⁻⁶⁴ a token is never drawn. */
const bucketCount = 64 * bucketsPerNat;
const third = 1 / 3;
const bucketWeights = Float64Array.from({ length: bucketCount }, (_, bucket) => exp(-bucket / bucketsPerNat));

/** Used again for each token: new memory of this size takes longer than the arithmetic. */
let room = roomFor(0);

/**
 * e^((score − highest) ÷ temperature) of each token. The bucket gives the large part of the exponential, and six terms of its series the
 * rest, to 13 digits: a call of `exp` would take most of the time of a token.
 */
function likelihoods(scores: Float32Array, highest: number, temperature: number): Likelihoods {
  if (room.weights.length !== scores.length) room = roomFor(scores.length);
  const { weights, buckets, counts, sums } = room;
  counts.fill(0);
  sums.fill(0);
  const factor = bucketsPerNat / temperature;
  let total = 0;
  for (let token = 0; token < scores.length; token += 1) {
    const place = (highest - scores[token]!) * factor;
    if (place >= bucketCount) {
      weights[token] = 0;
      buckets[token] = bucketCount - 1;
      counts[bucketCount - 1]! += 1;
      continue;
    }
    const bucket = place | 0;
    const x = (bucket - place) * (1 / bucketsPerNat);
    const rest = 1 + x * (1 + x * 0.5 * (1 + x * third * (1 + x * 0.25 * (1 + x * 0.2))));
    const weight = bucketWeights[bucket]! * rest;
    weights[token] = weight;
    buckets[token] = bucket;
    counts[bucket]! += 1;
    sums[bucket]! += weight;
    total += weight;
  }
  return { weights, buckets, counts, sums, total };
}

type Threshold = { readonly least: number; readonly total: number };

/**
 * The smallest weight that may be drawn, and the sum of those that may: among the `topK` largest, then among the fewest of those whose sum
 * reaches `topP`. Only the tokens of one or two buckets are sorted, not the vocabulary.
 */
function threshold(likely: Likelihoods, topK = likely.weights.length, topP = 1): Threshold {
  const { weights, counts, sums, total } = likely;
  let candidates: Threshold = { least: 0, total };
  if (topK < weights.length) {
    let [bucket, before, sum] = [0, 0, 0];
    for (; before + counts[bucket]! < topK; bucket += 1) {
      before += counts[bucket]!;
      sum += sums[bucket]!;
    }
    const members = membersOf(likely, bucket);
    candidates = withTies(members, members[topK - before - 1]!, sum);
  }
  if (topP === 1) return candidates;
  const wanted = topP * candidates.total;
  let [bucket, sum] = [0, 0];
  for (; bucket < bucketCount - 1 && sum + sums[bucket]! < wanted; bucket += 1) sum += sums[bucket]!;
  const members = membersOf(likely, bucket);
  let reached = sum;
  const least = members.find((weight) => {
    reached += weight;
    return reached >= wanted;
  });
  return least === undefined || least <= candidates.least ? candidates : withTies(members, least, sum);
}

/** @param members of the bucket of `least` @param sum of the weights in the buckets before it */
function withTies(members: Float64Array, least: number, sum: number): Threshold {
  return { least, total: members.reduce((all, weight) => (weight < least ? all : all + weight), sum) };
}

/** The weights of a bucket from the largest to the smallest. */
function membersOf({ weights, buckets, counts }: Likelihoods, bucket: number): Float64Array {
  const members = new Float64Array(counts[bucket]!);
  let next = 0;
  for (let token = 0; token < buckets.length; token += 1) {
    if (buckets[token] !== bucket) continue;
    members[next] = weights[token]!;
    next += 1;
  }
  return members.sort().reverse();
}
