/**
 * Numbers over several seeds. `bandOf` is the range of these seeds and does not predict another one, as in the cells' `seedBands`.
 * `pairedDifference` asks whether two experiments differ: each seed is compared with itself.
 */
import { tQuantile } from "./student.ts";

export type Band = { readonly mean: number; readonly low: number; readonly high: number; readonly seeds: number };

/** @param values at least one */
export function bandOf(values: readonly number[]): Band {
  return { mean: meanOf(values), low: Math.min(...values), high: Math.max(...values), seeds: values.length };
}

export type PairedDifference = {
  /** The mean of the differences. */
  readonly difference: number;
  /** The 95 % interval of that mean, if the pairs tell how much the differences vary. */
  readonly interval?: readonly [low: number, high: number];
  readonly pairs: number;
};

/** That so many differences are equal, or have one sign, happens by chance in less than 5 % of cases. */
export const FEWEST_EQUAL = 6;
/** Relative to the mean; rounding makes equal differences unequal by less. */
const EQUAL = 1e-9;

/**
 * The interval is Student's t over the differences: with the few seeds that one has, a bootstrap would be too narrow. Few equal
 * differences, as measures over a few items give them, do not tell how much differences vary: they have no interval.
 * @param differences one for each seed that both have; at least one
 */
export function pairedDifference(differences: readonly number[]): PairedDifference {
  const pairs = differences.length;
  const difference = meanOf(differences);
  if (pairs < 2) return { difference, pairs };
  const isEqual = differences.every((each) => Math.abs(each - difference) <= EQUAL * Math.abs(difference));
  if (isEqual && difference !== 0 && pairs < FEWEST_EQUAL) return { difference, pairs };
  const variance = differences.reduce((sum, each) => sum + (each - difference) * (each - difference), 0) / (pairs - 1);
  const half = tQuantile(pairs - 1) * Math.sqrt(variance / pairs);
  return { difference, interval: [difference - half, difference + half], pairs };
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, each) => sum + each, 0) / values.length;
}
