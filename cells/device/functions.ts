/** All device functions. The decoder, the loss and the optimizer are made of them. */
export { adamw } from "./adamw.ts";
export type { AdamW } from "./adamw-settings.ts";
export { appendCache } from "./append-cache.ts";
export { attention } from "./attention.ts";
export { crossEntropy } from "./cross-entropy.ts";
export { type Dropped, droppedLoraLinear } from "./dropped-lora-linear.ts";
export { embed } from "./embed.ts";
export { kernelCalls, kernelForms } from "./kernel.ts";
export { linear } from "./linear.ts";
export { loraLinear } from "./lora-linear.ts";
export { rmsNorm } from "./rms-norm.ts";
export { rope } from "./rope.ts";
export { sumOfSquares } from "./sum-of-squares.ts";
export { swiglu } from "./swiglu.ts";

import "./cpu/replaced-kernels.ts";
import "./wasm/replaced-kernels.ts";
