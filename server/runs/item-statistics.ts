/**
 * How much a difference between two runs depends on the very items of a test: the paired bootstrap over items (Koehn 2004), as
 * the cells' `report` has it, and McNemar's exact test for right and wrong. Neither says anything about another seed.
 */

/** The scores of one item in two runs. */
export type ScoredPair = { readonly group: string; readonly before: number; readonly after: number };
export type ItemDifference = {
  /** The means over groups of the mean of their items. */
  readonly before: number;
  readonly after: number;
  readonly difference: number;
  /** The middle 95 % of the differences of resampled items. */
  readonly interval: readonly [low: number, high: number];
};

const RESAMPLES = 2000;

/** @param pairs at least one */
export function itemDifference(pairs: readonly ScoredPair[]): ItemDifference {
  const names = [...new Set(pairs.map(({ group }) => group))];
  const groups = pairs.map(({ group }) => names.indexOf(group));
  const [sums, counts] = [new Float64Array(names.length), new Uint32Array(names.length)];
  /** The mean over the groups that were drawn. */
  const mean = (values: Float64Array, draw: (i: number) => number): number => {
    sums.fill(0);
    counts.fill(0);
    for (let i = 0; i < pairs.length; i += 1) {
      const item = draw(i);
      sums[groups[item]!]! += values[item]!;
      counts[groups[item]!]! += 1;
    }
    let [total, drawn] = [0, 0];
    for (let group = 0; group < names.length; group += 1) {
      if (counts[group] === 0) continue;
      total += sums[group]! / counts[group]!;
      drawn += 1;
    }
    return total / drawn;
  };
  const all = (i: number): number => i;
  const before = mean(
    Float64Array.from(pairs, (pair) => pair.before),
    all,
  );
  const after = mean(
    Float64Array.from(pairs, (pair) => pair.after),
    all,
  );
  const differences = Float64Array.from(pairs, (pair) => pair.after - pair.before);
  const uniform = generator();
  const drawn = Float64Array.from({ length: RESAMPLES }, () =>
    mean(differences, () => Math.floor(uniform() * pairs.length)),
  ).sort();
  const cut = Math.floor(RESAMPLES / 40);
  return { before, after, difference: after - before, interval: [drawn[cut]!, drawn[RESAMPLES - 1 - cut]!] };
}

/** The two-sided exact test: with no difference, an item that flipped was lost or gained with probability ½ each. */
export function mcNemar(lost: number, gained: number): number {
  const flipped = lost + gained;
  if (flipped === 0) return 1;
  // Relative to the middle, as powers of ½ would be too small for many flips.
  const middle = Math.floor(flipped / 2);
  const weights = new Float64Array(flipped + 1);
  weights[middle] = 1;
  for (let k = middle; k < flipped; k += 1) weights[k + 1] = (weights[k]! * (flipped - k)) / (k + 1);
  for (let k = middle; k > 0; k -= 1) weights[k - 1] = (weights[k]! * k) / (flipped - k + 1);
  const total = weights.reduce((sum, each) => sum + each, 0);
  const tail = weights.subarray(0, Math.min(lost, gained) + 1).reduce((sum, each) => sum + each, 0);
  return Math.min(1, (2 * tail) / total);
}

/** Numbers from 0 to below 1, always the same ones (mulberry32): the same runs have the same interval each time. */
function generator(): () => number {
  let state = 0x9e3779b9;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
