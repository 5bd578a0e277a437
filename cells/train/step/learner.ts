/** What a training step works on: the model, its trained parameters and the optimizer. */
import type * as tf from "@tensorflow/tfjs";
import type { Adapter } from "../../model/adapter.ts";
import type { Decoder } from "../../model/decoder.ts";
import type { Dropout } from "../../model/dropout.ts";
import type { Optimizer } from "./optimizer.ts";

export type Learner = {
  readonly decoder: Decoder;
  readonly adapter: Adapter | undefined;
  readonly parameters: Map<string, tf.Tensor>;
  readonly optimizer: Optimizer;
  /** The dropout of a micro-batch, by its index in the step. */
  readonly dropout?: ((micro: number) => Dropout) | undefined;
  /** Gradient checkpointing: recompute each layer in the backward pass. */
  readonly checkpointing?: boolean | undefined;
};
