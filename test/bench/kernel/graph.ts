/** The graph of numbers on which our reactive core and Observable's are compared. */

const VARIABLES = 1000;

/** How many variables are computed from the one that changes, `n0`. */
export const DEPENDENTS = 10;

/**
 * The parents of each variable, by index. The value of variable `i` is `i` plus the sum of its parents. The first one changes, the next
 * ten are computed from it, and the others from each other.
 */
export const parents: readonly (readonly number[])[] = Array.from({ length: VARIABLES }, (_, index) => {
  if (index === 0 || index === DEPENDENTS + 1) return [];
  return index <= DEPENDENTS ? [0] : [index - 1, DEPENDENTS + 1];
});

/** A running reactive core that holds this graph. */
export type ReactiveGraph = {
  /** Sets `n0`. Resolves when all its dependents have their new values. */
  change(value: number): Promise<void>;
  close(): Promise<void>;
};
