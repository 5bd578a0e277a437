/**
 * The learning rate of each step. It rises linearly during the warm-up; then it is constant, or falls to a fraction of
 * its peak at the last step, linearly or as a half cosine. Steps are counted from 1.
 */

import { cos } from "../../portable-math.ts";

export type Schedule = {
  readonly shape: "constant" | "linear" | "cosine";
  readonly peak: number;
  /** Steps of the linear rise. */
  readonly warmup: number;
  readonly steps: number;
  /** The rate at the last step, as a fraction of the peak. */
  readonly floor: number;
};

export function learningRate({ shape, peak, warmup, steps, floor }: Schedule, step: number): number {
  if (step <= warmup) return (peak * step) / warmup;
  const progress = Math.min(1, (step - warmup) / Math.max(1, steps - warmup));
  switch (shape) {
    case "constant":
      return peak;
    case "linear":
      return peak * (1 - (1 - floor) * progress);
    case "cosine":
      return peak * (floor + (1 - floor) * 0.5 * (1 + cos(Math.PI * progress)));
  }
}
