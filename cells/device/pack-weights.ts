/**
 * Weights a second time, in the order in which a product of few rows reads them. Such a product (one token for each row of a
 * batch) takes hardly longer than bringing the weight into that order, which it otherwise does on every call: worth the
 * memory while many tokens are written, and given back after.
 */
import * as tf from "@tensorflow/tfjs";
import { defineKernel } from "./kernel.ts";
import { holdPacked, releasePacked } from "./packed-weight.ts";
import { rowsOf, widthOf } from "./shape.ts";
import * as onTensorflow from "./tensorflow/forms.ts";
import { packedSize } from "./wasm/product.ts";

const pack = defineKernel<{ w: tf.Tensor }, Record<string, never>>({
  name: "PackWeight",
  reference: ({ w }) => tf.transpose(w),
  tensorflow: onTensorflow.pack,
  fused({ w }, _, memory) {
    const [outputs, width] = [rowsOf(w), widthOf(w)];
    const packed = memory.make([packedSize(width, outputs)]);
    memory.kernels.pack(memory.at(w), 1, width, width, outputs, memory.at(packed));
    return packed;
  },
});

/** Bytes of tensors that leave room on wasm, whose memory ends at 4 GB. */
const mostOnWasm = 3 * 2 ** 30;

/** Nothing where linear maps do not look for packed weights. */
function roomForPacked(): number {
  switch (tf.getBackend()) {
    case "wasm":
      return mostOnWasm - tf.memory().numBytes;
    case "tensorflow": {
      const { isUsingGpuDevice } = tf.backend() as unknown as { readonly isUsingGpuDevice?: boolean };
      // Half: the cache and whatever else runs here want some too.
      return isUsingGpuDevice ? 0 : process.availableMemory() / 2;
    }
    default:
      return 0;
  }
}

/** Packs `[out, in]` weights, where there is room. @returns a function that frees what was packed; call it once. */
export function packWeights(weights: readonly tf.Tensor[]): () => void {
  const bytes = weights.reduce((sum, { size }) => sum + 4 * size, 0);
  if (bytes > roomForPacked()) return () => {};
  const ids = weights.map(({ dataId }) => dataId);
  for (const w of weights) holdPacked(w, () => tf.keep(pack({ w }, {})[0]!));
  return () => {
    for (const id of ids) releasePacked(id);
  };
}
