/** The signatures of `kernels.wasm`. Tensors are byte offsets, strides and sizes count elements. */

type Run = (...offsetsSizesAndSettings: number[]) => void;

export type KernelExports = {
  /** b, its row and column stride, inner, columns, packed. */
  readonly pack: Run;
  /** a, its row and column stride, packed b, c, c's row stride, rows, columns, inner, scale, whether to add. */
  readonly multiply: Run;
  readonly fillRows: Run;
  readonly columnSum: Run;
  readonly rmsNorm: Run;
  readonly rmsNormInput: Run;
  readonly rmsNormWeight: Run;
  readonly rope: Run;
  readonly swiglu: Run;
  readonly swigluGradient: Run;
  readonly attention: Run;
  readonly attentionGradient: Run;
  /** The place of the first id that is out of range, or −1. */
  readonly gatherRows: (...offsetsAndSizes: number[]) => number;
  readonly scatterRows: Run;
  readonly copyRows: Run;
  /** The place of the first target that is out of range, or −1. */
  readonly crossEntropy: (...offsetsAndSizes: number[]) => number;
  readonly crossEntropyHidden: Run;
  readonly crossEntropyHead: Run;
  /** at, size: 16-bit floats in the upper half of the memory of as many 32-bit ones, to be widened over all of it. */
  readonly widenBrain: Run;
  readonly widenHalf: Run;
  readonly adamw: Run;
  /** Σ x², in double precision. */
  readonly sumOfSquares: (at: number, size: number) => number;
  /** Writes one float. */
  readonly put: (at: number, value: number) => void;
};
