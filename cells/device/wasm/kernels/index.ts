/** The exports of the module. `../exports.ts` has their types for TypeScript. */
export { adamw } from "./adamw";
export { attention, attentionGradient } from "./attention";
export {
  crossEntropy,
  crossEntropyHead,
  crossEntropyHidden,
  crossEntropyHiddenNarrow,
  crossEntropyNarrow,
} from "./entropy";
export { gatherNarrow, multiplyNarrow, multiplyNarrowRows, storeNarrow, widenNarrow } from "./narrow";
export { rmsNorm, rmsNormInput, rmsNormWeight } from "./norm";
export { copyWithout, putAt, takeAt } from "./places";
export { multiply, pack } from "./product";
export { rope } from "./rope";
export { columnSum, copyRows, fillRows, gatherRows, put, scatterRows, sumOfSquares } from "./rows";
export { swiglu, swigluGradient } from "./swiglu";
export { widenBrain, widenHalf } from "./widen";
