/**
 * Is one model better than another on the same items? The verdict is "better", "worse" or "inside the noise". It is "inside the
 * noise" if the 95 % interval of the paired difference contains zero (`bootstrap.ts`).
 */
import type { Graded } from "../forgetting/accuracy.ts";
import { type References, type TextMetric, textStatistics } from "../translation/text-metric.ts";
import { type Difference, type PairedStatistics, pairedBootstrap, type Resampling } from "./bootstrap.ts";

export type Comparison = Difference & {
  /** The name of the measure: `BLEU`, `refusal`. */
  readonly measure: string;
  readonly verdict: "better" | "worse" | "inside the noise";
};

/** With n items, all of them point in the same direction by chance with probability 2 · 2⁻ⁿ. Below six items this is more than 5 %. */
const fewestItems = 6;

/** Compares two lists of translations of the same sentences. */
export function compareTexts(
  metric: TextMetric,
  texts: {
    readonly baseline: readonly string[];
    readonly system: readonly string[];
    readonly references: readonly References[];
  },
  resampling?: Resampling,
): Comparison {
  const statistics = {
    baseline: textStatistics(metric, texts.baseline, texts.references),
    system: textStatistics(metric, texts.system, texts.references),
    score: metric.score,
  };
  return compareSums(metric.name, statistics, metric.better, resampling);
}

/** Compares the means of two lists of values for the same items, such as refused or not, or nats per sentence. */
export function compareMeans(
  measure: string,
  values: {
    readonly baseline: readonly (number | boolean)[];
    readonly system: readonly (number | boolean)[];
    readonly better?: "higher" | "lower";
  },
  resampling?: Resampling,
): Comparison {
  const counted = (list: readonly (number | boolean)[]): number[][] => list.map((value) => [Number(value), 1]);
  const score = ([sum = 0, count = 1]: readonly number[]): number => sum / count;
  const statistics = { baseline: counted(values.baseline), system: counted(values.system), score };
  return compareSums(measure, statistics, values.better ?? "higher", resampling);
}

/**
 * Compares the accuracies of two lists of answers to the same questions, averaged over families like `general`.
 * @throws if a question belongs to different families on the two sides
 */
export function compareAccuracy(
  measure: string,
  answers: { readonly baseline: readonly Graded[]; readonly system: readonly Graded[] },
  resampling?: Resampling,
): Comparison {
  const mismatch = answers.baseline.findIndex(({ family }, i) => family !== answers.system[i]?.family);
  if (mismatch >= 0 && answers.baseline.length === answers.system.length) {
    throw new Error(
      `Question ${mismatch + 1} belongs to different families on the two sides. Give the answers to the same questions in the same order.`,
    );
  }
  const families = [...new Set(answers.baseline.map(({ family }) => family))];
  const statistics = (list: readonly Graded[]): number[][] =>
    list.map(({ family, right }) => families.flatMap((each) => (each === family ? [Number(right), 1] : [0, 0])));
  return compareSums(
    measure,
    { baseline: statistics(answers.baseline), system: statistics(answers.system), score: meanOfShares },
    "higher",
    resampling,
  );
}

/** The mean over families of right answers ÷ answers. A resample may have no answers of a family; then the family does not count. */
function meanOfShares(sums: readonly number[]): number {
  let shares = 0;
  let families = 0;
  for (let at = 0; at < sums.length; at += 2) {
    if (sums[at + 1] === 0) continue;
    shares += sums[at]! / sums[at + 1]!;
    families += 1;
  }
  return shares / Math.max(1, families);
}

/** Compares the scores of summed statistics. All other comparisons use this one. */
export function compareSums(
  measure: string,
  statistics: PairedStatistics,
  better: "higher" | "lower",
  resampling?: Resampling,
): Comparison {
  const found = pairedBootstrap(statistics, resampling);
  const isNoise = found.items < fewestItems || (found.low <= 0 && found.high >= 0);
  const isBetter = found.difference > 0 === (better === "higher");
  return { measure, ...found, verdict: isNoise ? "inside the noise" : isBetter ? "better" : "worse" };
}
