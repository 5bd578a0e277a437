/** Mixes lists of samples in given proportions. */

/**
 * Each list in turn, repeated until the proportions are right. The list that is largest for its ratio is taken once, so that no sample is
 * left out; the others are repeated in order, the last time perhaps in part.
 * @param ratios one for each list; 0 leaves a list out
 * @throws if a ratio is negative, or a list with a ratio above 0 is empty
 */
export function inRatio<T>(lists: readonly (readonly T[])[], ratios: readonly number[]): T[] {
  for (const [at, ratio] of ratios.entries()) {
    if (!(ratio >= 0 && Number.isFinite(ratio)))
      throw new Error(`A mixing ratio must be a number of at least 0, not ${ratio}.`);
    if (ratio > 0 && lists[at]!.length === 0)
      throw new Error(`Part ${at + 1} of a mixture has the ratio ${ratio}, but no samples.`);
  }
  const unit = Math.max(...lists.map(({ length }, at) => (ratios[at]! > 0 ? length / ratios[at]! : 0)));
  return lists.flatMap((list, at) =>
    Array.from({ length: Math.round(unit * ratios[at]!) }, (_, place) => list[place % list.length]!),
  );
}
