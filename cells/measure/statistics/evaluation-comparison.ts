/**
 * Two evaluations compared item by item: for each measure the difference, its 95 % interval and a verdict. Both models answered
 * the same questions, so the difference is more certain than either score. The interval says nothing about another seed of the
 * training (see `seedBands`).
 */
import type { Evaluation, MeasureItems } from "../evaluation/evaluation.ts";
import { directionName } from "../translation/translation.ts";
import type { Resampling } from "./bootstrap.ts";
import { type Comparison, compareAccuracy, compareSums } from "./comparison.ts";
import { itemStatistics } from "./item-statistics.ts";

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
  if (after.kind !== before.kind)
    throw new Error(`The evaluations have ${before.kind} and ${after.kind} of "${measure}"; they cannot be compared.`);
  if (before.kind === "graded" && after.kind === "graded")
    return compareAccuracy(measure, { baseline: before.graded, system: after.graded }, resampling);
  requireSameDirections(measure, before, after);
  const { rows: baseline, score, better } = itemStatistics(before);
  return compareSums(measure, { baseline, system: itemStatistics(after).rows, score }, better, resampling);
}

function requireSameDirections(measure: string, before: MeasureItems, after: MeasureItems): void {
  if (before.kind !== "translations" || after.kind !== "translations") return;
  const names = ({ directions }: typeof before): string => directions.map(directionName).join(", ");
  if (names(before) !== names(after))
    throw new Error(
      `"${measure}" is of ${names(before)} in one evaluation and of ${names(after)} in the other. Evaluate both on the same pairs.`,
    );
}
