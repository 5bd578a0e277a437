/**
 * How far a number may be from its recorded one where another backend or machine computes. Rounding differs there, and a training
 * carries each difference on, so what is allowed grows with the step. The README of this room says how it was measured.
 *
 * allowed = absolute + relative · |recorded|, where relative = atStart · (1 + step / doublesAfter), up to `most`.
 */
export type Tolerance = {
  readonly absolute: number;
  readonly atStart: number;
  /** Steps after which twice as much is allowed as at the start. */
  readonly doublesAfter: number;
  readonly most: number;
};

/** Numbers that plain arithmetic computes outside of the backend. */
const SCHEDULE: Tolerance = { absolute: 1e-15, atStart: 1e-12, doublesAfter: Number.POSITIVE_INFINITY, most: 1e-12 };
/** Losses of a step and their parts. */
const LOSS: Tolerance = { absolute: 1e-6, atStart: 2e-5, doublesAfter: 10, most: 0.05 };
/** A gradient's norm follows the loss less smoothly. */
const NORM: Tolerance = { absolute: 1e-5, atStart: 1e-4, doublesAfter: 10, most: 0.1 };
/** Shares of a few dozen answers: one answer that turns moves them by a few hundredths. */
const MEASURE: Tolerance = { absolute: 0.03, atStart: 2e-5, doublesAfter: 10, most: 0.05 };

/** @param table rows of a training, or measures: those of probes and the results at the end */
export function toleranceOf(table: "rows" | "measures", column: string): Tolerance {
  if (column === "learningRate" || column === "step") return SCHEDULE;
  if (table === "measures") return MEASURE;
  return column === "gradNorm" ? NORM : LOSS;
}

export function allowedDifference(
  { absolute, atStart, doublesAfter, most }: Tolerance,
  step: number,
  recorded: number,
) {
  return absolute + Math.min(most, atStart * (1 + step / doublesAfter)) * Math.abs(recorded);
}

/** Columns that tell how fast a machine is, not what it computed. */
export function isTiming(column: string): boolean {
  return /per ?second|seconds|milliseconds|(^|[^a-z])ms$|duration|elapsed/i.test(column);
}
