/** The settings of one AdamW update, the same for every backend's form of it. */
export type AdamW = {
  readonly learningRate: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly eps: number;
  readonly weightDecay: number;
  /** Number of this update, from 1. */
  readonly step: number;
  /** Factor on the gradient: what clipping by the global norm leaves of it. */
  readonly gradScale: number;
};
