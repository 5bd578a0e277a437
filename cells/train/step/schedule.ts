/**
 * The learning rate over a training: it rises in a straight line over the warm-up steps, then stays, falls in a
 * straight line or falls as a half cosine to a share of its peak at the last step. Steps count from 1.
 */

export type Schedule = {
  readonly shape: "constant" | "linear" | "cosine";
  readonly peak: number;
  readonly warmup: number;
  readonly steps: number;
  /** Share of the peak that is left at the last step. */
  readonly floor: number;
};

export function learningRate({ shape, peak, warmup, steps, floor }: Schedule, step: number): number {
  if (step <= warmup) return (peak * step) / warmup;
  const gone = Math.min(1, (step - warmup) / Math.max(1, steps - warmup));
  switch (shape) {
    case "constant":
      return peak;
    case "linear":
      return peak * (1 - (1 - floor) * gone);
    case "cosine":
      return peak * (floor + (1 - floor) * 0.5 * (1 + Math.cos(Math.PI * gone)));
  }
}
