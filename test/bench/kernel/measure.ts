/** One figure of the kernel bench, and how it is made from samples. */

export type Measure = { readonly name: string; readonly value: number; readonly samples: readonly number[] };

/** @param share which quantile is the value, from 0 to 1; the median unless given */
export function measureOf(name: string, samples: readonly number[], share = 0.5): Measure {
  return { name, value: quantile(samples, share), samples };
}

/** Calls `sample` with 1, 2, 3, …, one call after the other, and drops the first `warmUp` results. */
export async function samplesOf(
  { count, warmUp }: { readonly count: number; readonly warmUp: number },
  sample: (round: number) => number | Promise<number>,
): Promise<number[]> {
  const samples: number[] = [];
  for (let round = 1; round <= warmUp + count; round += 1) {
    const result = await sample(round);
    if (round > warmUp) samples.push(result);
  }
  return samples;
}

/** @returns the milliseconds until `work` resolves. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/** The sample at rank `share · n` in ascending order; none are averaged. */
export function quantile(samples: readonly number[], share: number): number {
  const sorted = samples.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}
