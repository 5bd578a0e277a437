/**
 * Packed copies of weights, for generation: in the order in which a product of few rows reads them. Without them each product packs its
 * weight again, which takes about as long as the product itself if there are few rows. The copies are freed after the generation.
 */
import * as tf from "@tensorflow/tfjs";
import { defineKernel } from "./kernel.ts";
import { narrowOf } from "./narrow.ts";
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

/** The most bytes of tensors on wasm with packed weights; its memory ends at 4 GiB. */
const maxOnWasm = 3 * 2 ** 30;

/** Bytes that packed weights may take; 0 on backends whose linear layers do not use them. */
function packingBudget(): number {
  switch (tf.getBackend()) {
    case "wasm":
      return maxOnWasm - tf.memory().numBytes;
    case "tensorflow": {
      const { isUsingGpuDevice } = tf.backend() as unknown as { readonly isUsingGpuDevice?: boolean };
      // The other half is for the key-value cache and other programs.
      return isUsingGpuDevice ? 0 : process.availableMemory() / 2;
    }
    default:
      return 0;
  }
}

/**
 * Packs `[out, in]` weights if there is enough memory. Weights in 16 bits already have the order in which products read them.
 * @returns a function that frees the packed copies; call it once
 */
export function packWeights(all: readonly tf.Tensor[]): () => void {
  const weights = all.filter((w) => !narrowOf(tf.backend(), w));
  const bytes = weights.reduce((sum, { size }) => sum + 4 * size, 0);
  if (bytes > packingBudget()) return () => {};
  const ids = weights.map(({ dataId }) => dataId);
  for (const w of weights) holdPacked(w, () => tf.keep(pack({ w }, {})[0]!));
  return () => {
    for (const id of ids) releasePacked(id);
  };
}
