/**
 * Two evaluations compared item by item: for each measure the difference, its 95 % interval and a verdict. Both models answered
 * the same questions, so the difference is more certain than either score. The interval says nothing about another seed of the
 * training (see `seedBands`).
 */
import type { Evaluation, MeasureItems } from "../evaluation/evaluation.ts";
import { chrfMetric } from "../translation/chrf.ts";
import { textStatistics } from "../translation/text-metric.ts";
import type { TranslatedDirection } from "../translation/translation.ts";
import type { Resampling } from "./bootstrap.ts";
import { type Comparison, compareAccuracy, compareMeans, compareSums } from "./comparison.ts";

export type MethodComparison = Comparison & { readonly method: string; readonly against: string };

/**
 * Compares each measure that both evaluations have items of.
 * @throws if the two were not evaluated on the same items.
 */
export function compareEvaluations(
  baseline: Evaluation,
  system: Evaluation,
  resampling: Resampling = { resamples: 2000 },
): MethodComparison[] {
  return Object.entries(baseline.items).flatMap(([measure, before]) => {
    const after = system.items[measure];
    if (!after) return [];
    const comparison = compareItems(measure, before, after, resampling);
    return [{ method: system.result.method, against: baseline.result.method, ...comparison }];
  });
}

function compareItems(measure: string, before: MeasureItems, after: MeasureItems, resampling: Resampling): Comparison {
  switch (before.kind) {
    case "translations": {
      const sides = { baseline: before.directions, system: sameKind(before, after).directions };
      return compareTranslations(measure, sides, resampling);
    }
    case "graded":
      return compareAccuracy(measure, { baseline: before.graded, system: sameKind(before, after).graded }, resampling);
    case "flags": {
      const sides = { baseline: before.flags, system: sameKind(before, after).flags, better: before.better };
      return compareMeans(measure, sides, resampling);
    }
    case "likelihoods": {
      const sums = (items: typeof before): number[][] => items.samples.map(({ nll, tokens }) => [nll, tokens]);
      const score = ([nll = 0, tokens = 1]: readonly number[]): number => nll / tokens;
      const statistics = { baseline: sums(before), system: sums(sameKind(before, after)), score };
      return compareSums(measure, statistics, "lower", resampling);
    }
  }
}

/** @throws if a measure of the same name was counted in another way. */
function sameKind<I extends MeasureItems>(before: I, after: MeasureItems): I {
  if (after.kind === before.kind) return after as I;
  throw new Error(`The evaluations have ${before.kind} and ${after.kind} of one measure; they cannot be compared.`);
}

type Directions = readonly TranslatedDirection[];

/** The mean over directions of the corpus chrF, as `evaluate` reports it. */
function compareTranslations(
  measure: string,
  { baseline, system }: { readonly baseline: Directions; readonly system: Directions },
  resampling: Resampling,
): Comparison {
  const metric = chrfMetric();
  const width = metric.statistics("", [""]).length;
  // The sums of each direction are in columns of their own, so that each direction remains a corpus of its own.
  const rows = (directions: Directions): number[][] =>
    directions.flatMap(({ texts, references }, at) =>
      textStatistics(metric, texts, references).map((statistics) =>
        directions.flatMap((_, other) => (other === at ? [...statistics] : new Array<number>(width).fill(0))),
      ),
    );
  const score = (sums: readonly number[]): number => {
    const scores = baseline.map((_, at) => metric.score(sums.slice(at * width, (at + 1) * width)));
    return scores.reduce((sum, each) => sum + each, 0) / scores.length;
  };
  return compareSums(measure, { baseline: rows(baseline), system: rows(system), score }, "higher", resampling);
}
