/**
 * Where a number that is none comes from. It is asked only when a step has failed, so it may take its time: first it
 * looks at the weights, then it goes through the step once more and looks at what each module gives.
 */
import * as tf from "@tensorflow/tfjs";
import { targetHidden } from "../../model/nll.ts";
import type { TargetBatch } from "../../model/target-rows.ts";
import { firstNonFinite } from "./finite.ts";
import type { Learner } from "./learner.ts";

/** What to say behind "the loss is NaN": the first tensor with a value that is not finite, and what may help. */
export async function whyNotFinite(
  { decoder, adapter, dropout }: Pick<Learner, "decoder" | "adapter" | "dropout">,
  step: readonly TargetBatch[],
): Promise<string> {
  const trained = await firstNonFinite(adapter?.tensors ?? []);
  if (trained) return `: the adapter's tensor "${trained}" has values that are not finite`;
  const weight = await firstNonFinite(decoder.weights);
  if (weight) return `: the model's weight "${weight}" has values that are not finite`;
  for (const [micro, batch] of step.entries()) {
    const given: [string, tf.Tensor][] = [];
    const watch = (path: string, tensor: tf.Tensor): void => void given.push([path, tf.keep(tensor.clone())]);
    try {
      tf.tidy(() => targetHidden(decoder, adapter, batch, { dropout: dropout?.(micro), watch }));
      const path = await firstNonFinite(given);
      if (path) return `: what "${path}" gives is the first that is not finite. Try a lower learning rate`;
    } finally {
      tf.dispose(given.map(([, tensor]) => tensor));
    }
  }
  return ": the output layer's logits are the first that are not finite. Try a lower learning rate";
}
