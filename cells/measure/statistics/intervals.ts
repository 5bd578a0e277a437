/** The score of each measure of an evaluation with its interval over the items: how much the score depends on these very items. */
import type { Evaluation } from "../evaluation/evaluation.ts";
import { bootstrapInterval, type Resampling } from "./bootstrap.ts";
import { itemStatistics } from "./item-statistics.ts";

export type ScoreInterval = {
  readonly method: string;
  readonly measure: string;
  readonly score: number;
  /** The interval with the middle 95 % of the scores of resampled items. */
  readonly low: number;
  readonly high: number;
  readonly items: number;
  readonly better: "higher" | "lower";
  /** `share`: from 0 to 1, or close to it, as chrF and COMET are. */
  readonly unit: "share" | "nats per token";
};

/** One row for each measure that has items. */
export function scoreIntervals(
  { result, items }: Evaluation,
  resampling: Resampling = { resamples: 1000 },
): ScoreInterval[] {
  return Object.entries(items).flatMap(([measure, each]): ScoreInterval[] => {
    const { rows, score, better } = itemStatistics(each);
    const reported = result[measure];
    if (rows.length === 0 || typeof reported !== "number") return [];
    const interval = bootstrapInterval(rows, score, resampling);
    const unit = each.kind === "likelihoods" ? "nats per token" : "share";
    return [{ method: result.method, measure, score: reported, ...interval, items: rows.length, better, unit }];
  });
}
