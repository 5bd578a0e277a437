/** Counts of runs of n neighbours, the evidence that both BLEU and chrF rest on. */

/** How often each run of `order` units occurs; runs are written with `glue` between their units. */
export function ngrams(units: readonly string[], order: number, glue: string): Map<string, number> {
  const counts = new Map<string, number>();
  for (let at = 0; at + order <= units.length; at += 1) {
    const gram = order === 1 ? units[at]! : units.slice(at, at + order).join(glue);
    counts.set(gram, (counts.get(gram) ?? 0) + 1);
  }
  return counts;
}

/** How many runs two texts have in common, each as often as the text that has it less often. */
export function common(a: ReadonlyMap<string, number>, b: ReadonlyMap<string, number>): number {
  let sum = 0;
  for (const [gram, count] of a) sum += Math.min(count, b.get(gram) ?? 0);
  return sum;
}
