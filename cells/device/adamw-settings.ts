/** The settings of one AdamW update, for all backends. */
export type AdamW = {
  readonly learningRate: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly eps: number;
  readonly weightDecay: number;
  /** The number of this update, from 1. */
  readonly step: number;
  /** Factor on the gradient, from clipping by the global norm. */
  readonly gradScale: number;
};
