/**
 * Numbers over several seeds. `bandOf` is the range of these seeds and does not predict another one, as in the cells' `seedBands`.
 * `pairedDifference` asks whether two experiments differ: each seed is compared with itself.
 */
export type Band = { readonly mean: number; readonly low: number; readonly high: number; readonly seeds: number };

/** @param values at least one */
export function bandOf(values: readonly number[]): Band {
  return { mean: meanOf(values), low: Math.min(...values), high: Math.max(...values), seeds: values.length };
}

export type PairedDifference = {
  /** The mean of the differences. */
  readonly difference: number;
  /** The 95 % interval of that mean, if there are at least two pairs. */
  readonly interval?: readonly [low: number, high: number];
  readonly pairs: number;
};

/** The 97.5 % quantile of Student's t for 1 to 30 degrees of freedom; beyond that the normal distribution is close. */
const T = [
  12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145, 2.131, 2.12, 2.11,
  2.101, 2.093, 2.086, 2.08, 2.074, 2.069, 2.064, 2.06, 2.056, 2.052, 2.048, 2.045, 2.042,
];

/**
 * The interval is Student's t over the differences: with the few seeds that one has, a bootstrap would be too narrow.
 * @param differences one for each seed that both have; at least one
 */
export function pairedDifference(differences: readonly number[]): PairedDifference {
  const pairs = differences.length;
  const difference = meanOf(differences);
  if (pairs < 2) return { difference, pairs };
  const variance = differences.reduce((sum, each) => sum + (each - difference) * (each - difference), 0) / (pairs - 1);
  const half = (T[pairs - 2] ?? 1.96) * Math.sqrt(variance / pairs);
  return { difference, interval: [difference - half, difference + half], pairs };
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, each) => sum + each, 0) / values.length;
}
