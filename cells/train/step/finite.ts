/** Finds values that are not finite. */
import type * as tf from "@tensorflow/tfjs";

/** The name of the first tensor with a value that is NaN or infinite; undefined if there is none. */
export async function firstNonFinite(tensors: Iterable<readonly [string, tf.Tensor]>): Promise<string | undefined> {
  for (const [name, tensor] of tensors) {
    if (!(await tensor.data<"float32">()).every(Number.isFinite)) return name;
  }
  return undefined;
}
