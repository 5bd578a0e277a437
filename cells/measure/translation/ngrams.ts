/** Counts of n-grams, which BLEU and chrF are computed from. */

/** How often each n-gram of `order` units occurs; the keys are its units, joined with `glue`. */
export function ngrams(units: readonly string[], order: number, glue: string): Map<string, number> {
  const counts = new Map<string, number>();
  for (let at = 0; at + order <= units.length; at += 1) {
    const gram = order === 1 ? units[at]! : units.slice(at, at + order).join(glue);
    counts.set(gram, (counts.get(gram) ?? 0) + 1);
  }
  return counts;
}

/** How many n-grams two texts share: the sum of the smaller of both counts. */
export function sharedCount(a: ReadonlyMap<string, number>, b: ReadonlyMap<string, number>): number {
  let sum = 0;
  for (const [gram, count] of a) sum += Math.min(count, b.get(gram) ?? 0);
  return sum;
}
