/** The counts by which a reader can judge a rationale prompt. */
import type { Rationale } from "./rationale.ts";
import { rationaleQuality } from "./rationale-quality.ts";

export type RationaleCounts = {
  readonly pairs: number;
  /** Pairs for which a rationale was written; all counts below are of these. */
  readonly written: number;
  readonly empty: number;
  /** Rationales that reached the maximum length. */
  readonly cutOff: number;
  /** Rationales in which the same four words occur at least three times. */
  readonly repeating: number;
  /** Of the different words of the sources, the mean share that occurs in the rationales. */
  readonly meanSourceShare: number;
  /** Rationales that the filter rejected. */
  readonly filtered: number;
  readonly meanTokens: number;
};

export function countRationales(items: readonly Rationale[]): RationaleCounts {
  const written = items.filter((item) => item.status !== "not sampled");
  const qualities = written.map((item) => rationaleQuality(item));
  const mean = (values: readonly number[]): number =>
    values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
  const count = (holds: (item: Rationale) => boolean): number => written.filter(holds).length;
  return {
    pairs: items.length,
    written: written.length,
    empty: count((item) => item.status === "empty"),
    cutOff: count((item) => !item.ended),
    repeating: qualities.filter(({ repeats }) => repeats).length,
    meanSourceShare: mean(qualities.map(({ sourceShare }) => sourceShare)),
    filtered: count((item) => item.status === "filtered"),
    meanTokens: mean(written.map(({ tokens }) => tokens)),
  };
}
