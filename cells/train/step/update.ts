/**
 * One training step: forward, loss, backward, update. Only the tensors in `parameters` get a gradient; the base is
 * frozen. A step may consist of several micro-batches, whose gradients sum to those of one large batch.
 */
import * as tf from "@tensorflow/tfjs";
import { embed } from "../../device/functions.ts";
import { gradientsOf } from "../../device/gradient.ts";
import { head } from "../../model/decoder.ts";
import { tokenDivergence } from "../../model/divergence.ts";
import { nllOf, targetHidden } from "../../model/nll.ts";
import type { TargetBatch } from "../../model/target-rows.ts";
import type { Learner } from "./learner.ts";
import { type Coefficients, lossCoefficients, type Objective, roleMeans } from "./loss.ts";
import { whyNotFinite } from "./why-not-finite.ts";

/**
 * The loss before the update; each role's mean NLL, and the mean `kl` of a method with a divergence; and the gradient
 * norm before clipping.
 */
export type StepMeasures = {
  readonly loss: number;
  readonly means: Readonly<Record<string, number>>;
  readonly gradNorm: number;
};

/** The loss of a step and its gradients by parameter name, which the caller disposes. */
export async function gradients(
  learner: Omit<Learner, "optimizer">,
  step: readonly TargetBatch[],
  objective: Objective,
): Promise<{ loss: number; means: Record<string, number>; gradients: Map<string, tf.Tensor> }> {
  const coefficients = lossCoefficients(step, objective);
  const sums = new Map<string, tf.Tensor>();
  const parts: { loss: number; nll: Float32Array; kl: Float32Array }[] = [];
  try {
    for (const micro of step.keys())
      parts.push(await addGradients(learner, step[micro]!, coefficients[micro]!, micro, sums));
  } catch (error) {
    tf.dispose([...sums.values()]);
    throw error;
  }
  const nll = joined(parts.map((part) => part.nll));
  const kl = joined(parts.map((part) => part.kl));
  const means = roleMeans(
    step.flatMap(({ roles }) => roles),
    nll,
  );
  if (kl.length > 0) means.kl = kl.reduce((sum, value) => sum + value, 0) / kl.length;
  return { loss: parts.reduce((sum, part) => sum + part.loss, 0), means, gradients: sums };
}

/** Adds the gradients of one micro-batch to `sums`. @returns its part of the loss, and the NLL and KL of its targets */
async function addGradients(
  { decoder, adapter, parameters, dropout, checkpointing }: Omit<Learner, "optimizer">,
  batch: TargetBatch,
  { nll: coefficients, divergence }: Coefficients,
  micro: number,
  sums: Map<string, tf.Tensor>,
): Promise<{ loss: number; nll: Float32Array; kl: Float32Array }> {
  const terms: { nll?: tf.Tensor; kl?: tf.Tensor } = {};
  const places = divergence?.targets.map((at) => batch.places[at]!);
  const baseHidden = places && tf.tidy(() => targetHidden(decoder, undefined, batch, { places }));
  try {
    const { value, gradients } = gradientsOf(() => {
      const hidden = targetHidden(decoder, adapter, batch, { dropout: dropout?.(micro), checkpointing });
      const nll = nllOf(decoder, adapter, hidden, batch);
      terms.nll = tf.keep(nll.clone());
      const loss = tf.sum(tf.mul(nll, tf.tensor1d(coefficients)));
      if (!divergence || !baseHidden) return loss;
      const tuned = { hidden: embed(hidden, tf.tensor1d(divergence.targets, "int32")), head: head(decoder, adapter) };
      const kl = tokenDivergence({ hidden: baseHidden, head: head(decoder, undefined) }, tuned);
      terms.kl = tf.keep(kl.clone());
      return tf.add(loss, tf.sum(tf.mul(kl, tf.tensor1d(divergence.coefficients))));
    }, [...parameters.values()]);
    for (const [at, name] of [...parameters.keys()].entries()) {
      const [sum, gradient] = [sums.get(name), gradients[at]];
      if (!gradient) continue;
      sums.set(name, sum ? tf.add(sum, gradient) : gradient);
      if (sum) tf.dispose([sum, gradient]);
    }
    const read = async (tensor: tf.Tensor | undefined): Promise<Float32Array> =>
      tensor ? tensor.data<"float32">() : new Float32Array();
    const loss = (await read(value))[0]!;
    value.dispose();
    return { loss, nll: await read(terms.nll), kl: await read(terms.kl) };
  } finally {
    tf.dispose([baseHidden, terms.nll, terms.kl].filter((tensor) => tensor !== undefined));
  }
}

function joined(parts: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** @throws if the loss or a gradient is not finite, naming the tensor in which that begins; then nothing is updated */
export async function update(
  learner: Learner,
  step: readonly TargetBatch[],
  objective: Objective,
  learningRate: number,
): Promise<StepMeasures> {
  const { loss, means, gradients: summed } = await gradients(learner, step, objective);
  if (!Number.isFinite(loss)) {
    tf.dispose([...summed.values()]);
    throw new Error(`the loss is ${loss}${await whyNotFinite(learner, step)}`);
  }
  const gradNorm = await learner.optimizer.update(summed, learningRate);
  return { loss, means, gradNorm };
}
