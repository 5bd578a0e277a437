/**
 * The items of a measure as statistics that can be summed, and the score that belongs to the sums. Comparisons and intervals are made
 * from them, so that both score resampled items exactly as `evaluate` scores all of them.
 */
import type { MeasureItems } from "../evaluation/evaluation.ts";
import { chrfMetric } from "../translation/chrf.ts";
import { textStatistics } from "../translation/text-metric.ts";

export type ItemStatistics = {
  /** One row per item: `[items, statistics]`. */
  readonly rows: readonly (readonly number[])[];
  readonly score: (sums: readonly number[]) => number;
  readonly better: "higher" | "lower";
};

export function itemStatistics(items: MeasureItems): ItemStatistics {
  switch (items.kind) {
    case "translations": {
      const metric = chrfMetric();
      const groups = items.directions.map(({ texts, references }) => textStatistics(metric, texts, references));
      const width = metric.statistics("", [""]).length;
      return { rows: grouped(groups, width), score: meanOfGroups(width, metric.score), better: "higher" };
    }
    case "values": {
      const groups = items.groups.map((values) => values.map((value) => [value, 1]));
      return { rows: grouped(groups, 2), score: meanOfGroups(2, ratio), better: items.better };
    }
    case "graded": {
      const families = [...new Set(items.graded.map(({ family }) => family))];
      const rows = items.graded.map(({ family, right }) =>
        families.flatMap((each) => (each === family ? [Number(right), 1] : [0, 0])),
      );
      return { rows, score: meanOfGroups(2, ratio), better: "higher" };
    }
    case "flags":
      return { rows: items.flags.map((flag) => [Number(flag), 1]), score: ratio, better: items.better };
    case "likelihoods":
      return { rows: items.samples.map(({ nll, tokens }) => [nll, tokens]), score: ratio, better: "lower" };
  }
}

const ratio = ([sum = 0, count = 1]: readonly number[]): number => sum / count;

/** The sums of each group are in columns of their own, so that each group remains a corpus of its own. */
const grouped = (groups: readonly (readonly (readonly number[])[])[], width: number): number[][] =>
  groups.flatMap((rows, at) =>
    rows.map((row) => groups.flatMap((_, other) => (other === at ? row : new Array<number>(width).fill(0)))),
  );

/** The mean of the groups' scores. A resample may have no items of a group; then the group does not count. */
function meanOfGroups(width: number, score: (sums: readonly number[]) => number): ItemStatistics["score"] {
  return (sums) => {
    let [total, count] = [0, 0];
    for (let at = 0; at < sums.length; at += width) {
      const own = sums.slice(at, at + width);
      if (own.every((sum) => sum === 0)) continue;
      total += score(own);
      count += 1;
    }
    return total / Math.max(1, count);
  };
}
