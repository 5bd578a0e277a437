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
  const highest = highestOf(scores);
  if (temperature === 0) return scores.indexOf(highest);
  const likely = likelihoods(scores, highest, temperature);
  const { least, total, end } = threshold(likely, topK, topP);
  const { factor } = likely;
  let left = total * uniform();
  let last = 0;
  for (let token = 0; token < scores.length; token += 1) {
    const place = (highest - scores[token]!) * factor;
    if (place >= end) continue;
    const weight = weightAt(place);
    if (weight < least) continue;
    left -= weight;
    if (left < 0) return token;
    last = token;
  }
  // Rounding can leave a little of the sum.
  return last;
}

/** @throws if a score is not a finite number */
function highestOf(scores: Float32Array): number {
  // Plain loops here and below: callbacks would take most of the time of a token with a large vocabulary.
  // Four at a time, because each sum and each comparison waits for the one before.
  const none = Number.NEGATIVE_INFINITY;
  let [a, b, c, d] = [none, none, none, none];
  let [sum, more] = [0, 0];
  const whole = scores.length - (scores.length % 4);
  for (let token = 0; token < whole; token += 4) {
    const first = scores[token]!;
    const second = scores[token + 1]!;
    const third = scores[token + 2]!;
    const fourth = scores[token + 3]!;
    sum += first + second;
    more += third + fourth;
    if (first > a) a = first;
    if (second > b) b = second;
    if (third > c) c = third;
    if (fourth > d) d = fourth;
  }
  for (let token = whole; token < scores.length; token += 1) {
    sum += scores[token]!;
    a = Math.max(a, scores[token]!);
  }
  requireFinite(sum + more);
  return Math.max(a, b, c, d);
}

/**
 * Unnormalised probabilities: e^((score − highest) ÷ temperature), with their number and sum in buckets of similar probability. A token's
 * weight is computed again where it is needed: that is faster than storing all and reading them.
 */
type Likelihoods = {
  readonly scores: Float32Array;
  readonly highest: number;
  /** Buckets per unit of score. */
  readonly factor: number;
  readonly counts: Int32Array;
  readonly sums: Float64Array;
  readonly total: number;
};

const bucketsPerNat = 64;
/** Beyond e⁻⁶⁴ a token is never drawn. */
const bucketCount = 64 * bucketsPerNat;
const bucketWeights = Float64Array.from({ length: bucketCount }, (_, bucket) => exp(-bucket / bucketsPerNat));

/** Used again for each token: new memory takes longer than the arithmetic. */
const counts = new Int32Array(bucketCount);
const sums = new Float64Array(bucketCount);

/** Six terms of the series of e^x, in an order in which few of them wait for others. */
function series(x: number): number {
  const y = x * x;
  return 1 + x + y * (1 / 2 + x * (1 / 6) + y * (1 / 24 + x * (1 / 120)));
}

/**
 * e^(−place ÷ 64). The bucket gives the large part of the exponential, and six terms of its series the rest, to 13 digits: a call of `exp`
 * would take most of the time of a token.
 */
function weightAt(place: number): number {
  const bucket = place | 0;
  const x = (bucket - place) * (1 / bucketsPerNat);
  return bucketWeights[bucket]! * series(x);
}

function likelihoods(scores: Float32Array, highest: number, temperature: number): Likelihoods {
  counts.fill(0);
  sums.fill(0);
  const factor = Math.min(bucketsPerNat / temperature, Number.MAX_VALUE);
  for (let token = 0; token < scores.length; token += 1) {
    const place = (highest - scores[token]!) * factor;
    if (place >= bucketCount) continue;
    const bucket = place | 0;
    counts[bucket]! += 1;
    sums[bucket]! += series((bucket - place) * (1 / bucketsPerNat));
  }
  let total = 0;
  for (let bucket = 0; bucket < bucketCount; bucket += 1) {
    sums[bucket]! *= bucketWeights[bucket]!;
    total += sums[bucket]!;
  }
  return { scores, highest, factor, counts, sums, total };
}

/** The smallest weight that may be drawn, the sum of those that may, and the bucket before which all of them are. */
type Threshold = { readonly least: number; readonly total: number; readonly end: number };

/**
 * Among the `topK` largest weights, then among the fewest of those whose sum reaches `topP`. Only the tokens of one or two buckets are
 * sorted, not the vocabulary.
 */
function threshold(likely: Likelihoods, topK = likely.scores.length, topP = 1): Threshold {
  const { scores, counts, sums, total } = likely;
  let candidates: Threshold = { least: 0, total, end: bucketCount };
  if (topK < scores.length) {
    let [bucket, before, sum] = [0, 0, 0];
    for (; bucket < bucketCount && before + counts[bucket]! < topK; bucket += 1) {
      before += counts[bucket]!;
      sum += sums[bucket]!;
    }
    // Else fewer than `topK` tokens can be drawn at all.
    if (bucket < bucketCount) {
      const members = membersOf(likely, bucket);
      candidates = withTies(members, members[topK - before - 1]!, sum, bucket);
    }
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
  return least === undefined || least <= candidates.least ? candidates : withTies(members, least, sum, bucket);
}

/** @param members of the bucket of `least` @param sum of the weights in the buckets before it */
function withTies(members: Float64Array, least: number, sum: number, bucket: number): Threshold {
  return { least, total: members.reduce((all, weight) => (weight < least ? all : all + weight), sum), end: bucket + 1 };
}

/** The weights of a bucket from the largest to the smallest. */
function membersOf({ scores, highest, factor, counts }: Likelihoods, bucket: number): Float64Array {
  const members = new Float64Array(counts[bucket]!);
  let next = 0;
  for (let token = 0; token < scores.length; token += 1) {
    const place = (highest - scores[token]!) * factor;
    if (place < bucket || place >= bucket + 1) continue;
    members[next] = weightAt(place);
    next += 1;
  }
  return members.sort().reverse();
}
