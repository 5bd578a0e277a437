/**
 * Two evaluations side by side, item by item: for each measure the difference, its 95 % interval and a verdict. Both models
 * answered the same questions, so most of the chance lies in both scores alike and the difference is surer than either; what
 * another seed of the training would give, it does not say (`seedBands`).
 */

import { type ContinualMeasures, continualMeasures } from "../../measure/forgetting/continual.ts";
import type { Resampling } from "../../measure/statistics/bootstrap.ts";
import { type Comparison, compareAccuracy, compareMeans, compareSums } from "../../measure/statistics/comparison.ts";
import { chrfMetric } from "../../measure/translation/chrf.ts";
import { textStatistics } from "../../measure/translation/text-metric.ts";
import type { Translated } from "../../measure/translation/translation.ts";
import type { Result } from "../../types.ts";
import { families } from "../test-sets.ts";
import { type Evaluated, items } from "./evaluate.ts";

export type MethodComparison = Comparison & { readonly method: string; readonly against: string };

/** @throws if the two were not evaluated on the same items. */
export function compareEvaluations(
  baseline: Evaluated,
  system: Evaluated,
  resampling: Resampling = { resamples: 2000 },
): MethodComparison[] {
  const [before, after] = [baseline[items], system[items]];
  const groups = [...new Set(before.general.map(({ group }) => group))];
  const accuracy = (measure: string, holds: (group: string) => boolean): Comparison => {
    const of = (list: typeof before.general) => list.filter(({ group }) => holds(group));
    return compareAccuracy(measure, { baseline: of(before.general), system: of(after.general) }, resampling);
  };
  const refusal = (set: string, better: "higher" | "lower"): Comparison => {
    const of = (list: typeof before.refusals) => list.filter((row) => row.set === set).map(({ refused }) => refused);
    return compareMeans(set, { baseline: of(before.refusals), system: of(after.refusals), better }, resampling);
  };
  const surprise = (list: typeof before.surprise): number[][] => list.map(({ nll, tokens }) => [nll, tokens]);
  const perToken = ([nll = 0, tokens = 1]: readonly number[]): number => nll / tokens;
  const nats = { baseline: surprise(before.surprise), system: surprise(after.surprise), score: perToken };
  const strays =
    before.strays && after.strays
      ? [compareMeans("offTarget", { baseline: before.strays, system: after.strays, better: "lower" }, resampling)]
      : [];
  return [
    translation("chrf", before.translation, after.translation, resampling),
    ...strays,
    accuracy("general", () => true),
    ...groups.map((group) => accuracy(group, (each) => each === group)),
    refusal("refusal", "higher"),
    refusal("refusalJailbreak", "higher"),
    refusal("overRefusal", "lower"),
    translation("orinChrf", before.orin, after.orin, resampling),
    compareSums("crossEntropy", nats, "lower", resampling),
  ].map((each) => ({ method: system.method, against: baseline.method, ...each }));
}

/** chrF as it is reported: the mean of the two directions, each a corpus of its own. */
function translation(measure: string, baseline: Translated, system: Translated, resampling: Resampling): Comparison {
  const metric = chrfMetric();
  const rows = ({ into, from }: Translated): number[][] => {
    const there = textStatistics(metric, into.texts, into.references);
    const back = textStatistics(metric, from.texts, from.references);
    const none = (there[0] ?? back[0] ?? []).map(() => 0);
    return [...there.map((each) => [...each, ...none]), ...back.map((each) => [...none, ...each])];
  };
  const score = (sums: readonly number[]): number => {
    const half = sums.length / 2;
    return (metric.score(sums.slice(0, half)) + metric.score(sums.slice(half))) / 2;
  };
  return compareSums(measure, { baseline: rows(baseline), system: rows(system), score }, "higher", resampling);
}

export const isEvaluated = (result: Result): result is Evaluated => items in result;

export type FamilyForgetting = {
  /** Each family's accuracy before and after, and its group. */
  readonly rows: readonly {
    readonly family: string;
    readonly group: string;
    readonly before: number;
    readonly after: number;
    readonly lost: number;
  }[];
  readonly all: ContinualMeasures;
  /** The same of the families of one group: `touched` by the rationales, in their `format` only, or `untouched`. */
  readonly byGroup: Readonly<Record<string, ContinualMeasures>>;
};

/** What a training lost of each task family, and the measures of continual learning of families near to the rationales and far from them apart. */
export function familyForgetting(base: Evaluated, tuned: Evaluated): FamilyForgetting {
  const groupOf = new Map(base[items].general.map(({ family, group }) => [family, group]));
  const score = (result: Evaluated, family: string): number => Number((result as Result)[family]);
  const known = families.filter((family) => groupOf.has(family));
  const rows = known.map((family) => {
    const [before, after] = [score(base, family), score(tuned, family)];
    return { family, group: groupOf.get(family)!, before, after, lost: before - after };
  });
  const measures = (holds: (row: (typeof rows)[number]) => boolean): ContinualMeasures =>
    continualMeasures(
      rows.filter(holds).map(({ family, before, after }) => ({ task: family, scores: [before, after] })),
    );
  const groups = [...new Set(rows.map(({ group }) => group))];
  return {
    rows,
    all: measures(() => true),
    byGroup: Object.fromEntries(groups.map((group) => [group, measures((row) => row.group === group)])),
  };
}
