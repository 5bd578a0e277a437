/**
 * Paired bootstrap resampling (Koehn 2004, https://aclanthology.org/W04-3250): two systems answered the same items; the
 * items are drawn again and again with replacement, and how much the difference of the scores moves tells how much of it
 * belongs to these very items. It knows nothing of what another seed of the training would have given.
 */
import { random } from "../../random.ts";

export type PairedStatistics = {
  /** Numbers per item that add up, in the same order of items on both sides. */
  readonly baseline: readonly (readonly number[])[];
  readonly system: readonly (readonly number[])[];
  /** The score of summed numbers. */
  readonly score: (sums: readonly number[]) => number;
};

export type Resampling = {
  /** 10,000 unless given. */
  readonly resamples?: number;
  /** Of the generator: the same seed gives the same numbers. 1 unless given. */
  readonly seed?: number;
};

export type Difference = {
  readonly baseline: number;
  readonly system: number;
  /** The system's score minus the baseline's. */
  readonly difference: number;
  /** The middle 95 % of the resampled differences. */
  readonly low: number;
  readonly high: number;
  /**
   * As sacreBLEU 2.6.0's paired bootstrap: (c + 1) ÷ (resamples + 1), c being the resamples whose |difference| exceeds the
   * mean resampled |difference| by more than the measured one. Two equal systems get the smallest value there is, not 1, and
   * it is nearly a one-sided test: below 0.05 the interval may still hold zero.
   */
  readonly pValue: number;
  readonly items: number;
  readonly resamples: number;
  readonly seed: number;
};

/** @throws if the two sides have not as many items, or none. */
export function pairedBootstrap(
  { baseline, system, score }: PairedStatistics,
  { resamples = 10_000, seed = 1 }: Resampling = {},
): Difference {
  const items = baseline.length;
  if (items !== system.length)
    throw new Error(`A paired comparison needs the same items on both sides; here are ${items} and ${system.length}.`);
  if (items === 0) throw new Error("A paired comparison needs items; here are none.");
  if (!Number.isInteger(resamples) || resamples < 1)
    throw new Error(`Resamples are counted from 1; ${resamples} cannot be drawn.`);
  const [ours, theirs] = [table(system), table(baseline)];
  const { uniform } = random(seed, "paired bootstrap");
  const drawn = new Uint32Array(items);
  const differences = Float64Array.from({ length: resamples }, () => {
    for (let i = 0; i < items; i += 1) drawn[i] = Math.floor(uniform() * items);
    return score(ours(drawn)) - score(theirs(drawn));
  });

  const all = Uint32Array.from({ length: items }, (_, i) => i);
  const [own, other] = [score(ours(all)), score(theirs(all))];
  const difference = own - other;
  const mean = differences.reduce((sum, each) => sum + Math.abs(each), 0) / resamples;
  const beyond = differences.filter((each) => Math.abs(each) - mean > Math.abs(difference)).length;
  differences.sort();
  const cut = Math.floor(resamples / 40);
  return {
    baseline: other,
    system: own,
    difference,
    low: differences[cut]!,
    high: differences[resamples - 1 - cut]!,
    pValue: (beyond + 1) / (resamples + 1),
    items,
    resamples,
    seed,
  };
}

/** The sums over chosen items, from one flat array: ten thousand resamples of lists of lists would be slow. */
function table(statistics: readonly (readonly number[])[]): (chosen: Uint32Array) => number[] {
  const width = statistics[0]?.length ?? 0;
  const flat = Float64Array.from(statistics.flat());
  return (chosen) => {
    const sums = new Array<number>(width).fill(0);
    for (const item of chosen) for (let i = 0; i < width; i += 1) sums[i]! += flat[item * width + i]!;
    return sums;
  };
}
