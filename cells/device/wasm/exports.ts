/** The signatures of `kernels.wasm`. Tensors are byte offsets; strides and sizes are in elements. */

type Run = (...offsetsSizesAndSettings: number[]) => void;

export type KernelExports = {
  /** Arguments: b, its row and column stride, inner, columns, packed. */
  readonly pack: Run;
  /** Arguments: a, its row and column stride, packed b, c, c's row stride, rows, columns, inner, scale, 1 to add to c. */
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
  /** Returns the place of the first id that is out of range, or −1. */
  readonly gatherRows: (...offsetsAndSizes: number[]) => number;
  readonly scatterRows: Run;
  readonly copyRows: Run;
  /** Returns the place of the first target that is out of range, or −1. */
  readonly crossEntropy: (...offsetsAndSizes: number[]) => number;
  readonly crossEntropyHidden: Run;
  readonly crossEntropyHead: Run;
  /** Arguments: at, size. Widens `size` 16-bit floats in place; they must be in the upper half of the memory of the 32-bit ones. */
  readonly widenBrain: Run;
  readonly widenHalf: Run;
  /** Arguments: rows of 16-bit values, panels, rows, width. */
  readonly storeNarrow: Run;
  /** Arguments: a, its row and column stride, panels, type, c, c's row stride, rows, outputs, width, 1 to add to c, scratch. */
  readonly multiplyNarrow: Run;
  /** Arguments: a, its row and column stride, panels, type, c, c's row stride, rows, outputs, width, scale, scratch. */
  readonly multiplyNarrowRows: Run;
  readonly widenNarrow: Run;
  /** Returns the place of the first id that is out of range, or −1. */
  readonly gatherNarrow: (...offsetsAndSizes: number[]) => number;
  /** Returns the place of the first target that is out of range, or −1. */
  readonly crossEntropyNarrow: (...offsetsAndSizes: number[]) => number;
  readonly crossEntropyHiddenNarrow: Run;
  readonly adamw: Run;
  /** Arguments: x, places, to, size, count. */
  readonly copyWithout: Run;
  /** Arguments: x, places, to, count. */
  readonly takeAt: Run;
  /** Arguments: from, places, x, count. */
  readonly putAt: Run;
  /** Returns Σ x² in double precision. */
  readonly sumOfSquares: (at: number, size: number) => number;
  /** Writes one float. */
  readonly put: (at: number, value: number) => void;
};
