/** A model whose numbers are not finite has no answers: each choice of a token, and each mean over its likelihoods, would be arbitrary. */

/** @param sum of the numbers to check: NaN and infinity stay in a sum @throws if it is not finite */
export function requireFinite(sum: number): void {
  if (Number.isFinite(sum)) return;
  throw new Error(
    `The model computes ${Number.isNaN(sum) ? "NaN" : "infinite numbers"}, so it has no answers. Its weights, or those of its adapter, ` +
      "are damaged or too large: load them again, or train with a lower learning rate.",
  );
}
