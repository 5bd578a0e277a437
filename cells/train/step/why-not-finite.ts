/**
 * Finds the origin of a loss that is NaN or infinite. It runs only after a failed step, so it may be slow: it checks
 * the weights first, then repeats the forward pass and checks the output of each module.
 */
import * as tf from "@tensorflow/tfjs";
import { targetHidden } from "../../model/nll.ts";
import type { TargetBatch } from "../../model/target-rows.ts";
import { firstNonFinite } from "./finite.ts";
import type { Learner } from "./learner.ts";

/** The end of the message "the loss is NaN…": the first tensor with a value that is not finite, and what to do. */
export async function whyNotFinite(
  { decoder, adapter, dropout }: Pick<Learner, "decoder" | "adapter" | "dropout">,
  step: readonly TargetBatch[],
): Promise<string> {
  const trained = await firstNonFinite(adapter?.tensors ?? []);
  if (trained) return `: the adapter's tensor "${trained}" has values that are not finite`;
  const weight = await firstNonFinite(decoder.weights);
  if (weight) return `: the model's weight "${weight}" has values that are not finite`;
  for (const [micro, batch] of step.entries()) {
    const outputs: [string, tf.Tensor][] = [];
    const watch = (path: string, tensor: tf.Tensor): void => void outputs.push([path, tf.keep(tensor.clone())]);
    try {
      tf.tidy(() => targetHidden(decoder, adapter, batch, { dropout: dropout?.(micro), watch }));
      const path = await firstNonFinite(outputs);
      if (path) return `: the output of "${path}" is the first that is not finite. Try a lower learning rate.`;
    } finally {
      tf.dispose(outputs.map(([, tensor]) => tensor));
    }
  }
  return ": the logits of the output layer are the first values that are not finite. Try a lower learning rate.";
}
