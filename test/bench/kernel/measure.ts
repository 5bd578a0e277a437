/** One figure and the raw numbers that it was made from. */
export type Measure = { readonly name: string; readonly value: number; readonly samples: readonly number[] };

/** The value that a share of the samples does not exceed. @param share from 0 to 1 */
export function quantile(samples: readonly number[], share: number): number {
  const sorted = samples.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

export const median = (samples: readonly number[]): number => quantile(samples, 0.5);
