/**
 * Paired bootstrap resampling (Koehn 2004, https://aclanthology.org/W04-3250). Two systems answered the same items. The items are
 * drawn many times with replacement, and the spread of the resampled differences shows how much the difference depends on these
 * items. It says nothing about another seed of the training.
 */
import { random } from "../../random.ts";

export type PairedStatistics = {
  /** Statistics per item that can be added up, with the same order of items on both sides: `[items, statistics]`. */
  readonly baseline: readonly (readonly number[])[];
  readonly system: readonly (readonly number[])[];
  /** The score that belongs to summed statistics. */
  readonly score: (sums: readonly number[]) => number;
};

export type Resampling = {
  /** Default: 10,000. */
  readonly resamples?: number;
  /** Seed of the random draws: the same seed gives the same numbers. Default: 1. */
  readonly seed?: number;
};

export type Difference = {
  readonly baseline: number;
  readonly system: number;
  /** The system's score minus the baseline's. */
  readonly difference: number;
  /** The interval with the middle 95 % of the resampled differences. */
  readonly low: number;
  readonly high: number;
  /**
   * As in the paired bootstrap of sacreBLEU 2.6.0: (c + 1) ÷ (resamples + 1), where c counts the resamples whose |difference| exceeds
   * the mean resampled |difference| by more than the measured |difference|. Two caveats: two equal systems get the smallest
   * possible value, not 1; and it is close to a one-sided test, so below 0.05 the interval may still contain zero.
   */
  readonly pValue: number;
  readonly items: number;
  readonly resamples: number;
  readonly seed: number;
};

/** @throws if the sides differ in their number of items, or have none. */
export function pairedBootstrap(
  { baseline, system, score }: PairedStatistics,
  { resamples = 10_000, seed = 1 }: Resampling = {},
): Difference {
  const items = baseline.length;
  if (items !== system.length)
    throw new Error(
      `The baseline has ${items} items and the system ${system.length}. A paired comparison needs the same items on both sides.`,
    );
  if (items === 0) throw new Error("There are no items. A paired comparison needs at least one.");
  if (!Number.isInteger(resamples) || resamples < 1)
    throw new Error(`resamples is ${resamples}; it must be an integer of at least 1.`);
  const [systemSums, baselineSums] = [summing(system), summing(baseline)];
  const { uniform } = random(seed, "paired bootstrap");
  const drawn = new Uint32Array(items);
  const differences = Float64Array.from({ length: resamples }, () => {
    for (let i = 0; i < items; i += 1) drawn[i] = Math.floor(uniform() * items);
    return score(systemSums(drawn)) - score(baselineSums(drawn));
  });

  const all = Uint32Array.from({ length: items }, (_, i) => i);
  const [systemScore, baselineScore] = [score(systemSums(all)), score(baselineSums(all))];
  const difference = systemScore - baselineScore;
  const mean = differences.reduce((sum, each) => sum + Math.abs(each), 0) / resamples;
  const beyond = differences.filter((each) => Math.abs(each) - mean > Math.abs(difference)).length;
  differences.sort();
  const cut = Math.floor(resamples / 40);
  return {
    baseline: baselineScore,
    system: systemScore,
    difference,
    low: differences[cut]!,
    high: differences[resamples - 1 - cut]!,
    pValue: (beyond + 1) / (resamples + 1),
    items,
    resamples,
    seed,
  };
}

/** The interval with the middle 95 % of the scores of resampled items. @throws if there are no items */
export function bootstrapInterval(
  statistics: readonly (readonly number[])[],
  score: (sums: readonly number[]) => number,
  { resamples = 2000, seed = 1 }: Resampling = {},
): { readonly low: number; readonly high: number } {
  const items = statistics.length;
  if (items === 0) throw new Error("There are no items. An interval needs at least one.");
  const sums = summing(statistics);
  const { uniform } = random(seed, "bootstrap");
  const drawn = new Uint32Array(items);
  const scores = Float64Array.from({ length: resamples }, () => {
    for (let i = 0; i < items; i += 1) drawn[i] = Math.floor(uniform() * items);
    return score(sums(drawn));
  }).sort();
  const cut = Math.floor(resamples / 40);
  return { low: scores[cut]!, high: scores[resamples - 1 - cut]! };
}

/** Sums the statistics of chosen items. It works on one flat array, because nested arrays are too slow for 10,000 resamples. */
function summing(statistics: readonly (readonly number[])[]): (chosen: Uint32Array) => number[] {
  const width = statistics[0]?.length ?? 0;
  const flat = Float64Array.from(statistics.flat());
  return (chosen) => {
    const sums = new Array<number>(width).fill(0);
    for (const item of chosen) for (let i = 0; i < width; i += 1) sums[i]! += flat[item * width + i]!;
    return sums;
  };
}
