/** The options of `train`. */
import type { Method, PendingMethod, Run } from "../contracts.ts";
import type { Live } from "../inputs.ts";
import type { LocalModel } from "../model/chat-model.ts";
import type { LoraConfig } from "../model/lora.ts";
import { requireKnown } from "../options.ts";
import type { Overlong } from "./data/length-rule.ts";
import { trainHints } from "./option-hints.ts";
import type { Schedule } from "./step/schedule.ts";

export type TrainOptions = {
  /** A method whose samples are still being made is prepared in the first phase of the run. */
  readonly method: Method | PendingMethod;
  /**
   * What to train: a new LoRA, `lora({ rank: 16 })`; a copy of a trained adapter with its settings,
   * `await loadAdapter(base, folder)` or `run.model`; or `"full"` for a copy of all weights.
   */
  readonly adapter: LoraConfig | LocalModel | "full";
  /** Number of optimizer steps. Give this or `epochs`. */
  readonly steps?: number;
  /** How often each sample is learnt, instead of `steps`; 0.5 is half of them. The last step may be smaller. */
  readonly epochs?: number;
  /** Samples per micro-batch. Default: 16. */
  readonly batch?: number;
  /** Micro-batches per step. The loss is normalised over all of them. Default: 1. */
  readonly accumulate?: number;
  /**
   * Packs several samples into one row; they do not attend to each other. A number is the length of a row in tokens;
   * `true` takes the length of the longest sample. Default: false, one padded sample per row.
   */
  readonly packing?: boolean | number;
  /** The longest sample in tokens. Default: the model's positions. */
  readonly maxLength?: number;
  /**
   * What happens to longer samples: `"truncate"` cuts their end, `"drop"` leaves them out, `"refuse"` does not start. A
   * warning says how many were cut or left out. Default: `"truncate"`.
   */
  readonly overlong?: Overlong;
  /**
   * Joins plain texts, each with its end token, and cuts them into samples of this many tokens, as in pre-training. A
   * text may continue in the next block. Samples with a conversation are not joined. Default: each text is a sample.
   */
  readonly blocks?: number;
  /**
   * Gradient checkpointing: stores only the input of each layer and computes the rest again in the backward pass. About
   * a third more computation, far less memory, the same numbers. Default: false.
   */
  readonly checkpointing?: boolean;
  /** Peak learning rate, a number or a live input. It is also a knob of the run. Default: 0.0002. */
  readonly learningRate?: number | Live<number>;
  /** Shape of the learning rate after the warm-up: `"constant"`, `"linear"` or `"cosine"`. Default: `"linear"`. */
  readonly schedule?: Schedule["shape"];
  /** Steps in which the learning rate rises linearly to its peak; below 1, a share of all steps. Default: 0.03. */
  readonly warmup?: number;
  /** Learning rate at the last step of a linear or cosine schedule, as a fraction of the peak. Default: 0. */
  readonly floor?: number;
  /**
   * AdamW's decoupled weight decay λ: a matrix shrinks by the factor 1 − learning rate · λ per step. Vectors do not
   * decay. Default: 0.
   */
  readonly weightDecay?: number;
  /** AdamW β₁ and β₂. Default: [0.9, 0.999]. */
  readonly betas?: readonly [number, number];
  /** AdamW ε. Default: 1e-8. */
  readonly eps?: number;
  /** Maximum global gradient norm; larger gradients are scaled down to it. 0: no maximum. Default: 1. */
  readonly clip?: number;
  /** Seed of the adapter's initial weights, the order of the data and the dropout. Default: the notebook's seed. */
  readonly seed?: number;
  /** Steps between two checkpoints. Default: one about every 30 seconds. */
  readonly checkpointEvery?: number;
  /**
   * Starts with what another run has learnt: its adapter (resized if the rank or the scale differs), AdamW's moments, and
   * its position in the data if they are the same, in the same order; other data are read from their beginning. The step
   * count and the schedule start again at 1. `{ run, take: ["moments"] }` says what is taken over beside the adapter.
   * Default: a fresh adapter.
   */
  readonly from?: RunState | { readonly run: RunState; readonly take: readonly ("moments" | "position")[] } | undefined;
};

type RunState = Pick<Run, "state">;

const optionNames = Object.keys({
  method: true,
  adapter: true,
  steps: true,
  epochs: true,
  batch: true,
  accumulate: true,
  packing: true,
  maxLength: true,
  overlong: true,
  blocks: true,
  checkpointing: true,
  learningRate: true,
  schedule: true,
  warmup: true,
  floor: true,
  weightDecay: true,
  betas: true,
  eps: true,
  clip: true,
  seed: true,
  checkpointEvery: true,
  from: true,
} satisfies Record<keyof TrainOptions, true>);

/** @throws naming an option that `train` does not have, with the one that was probably meant */
export function requireTrainOptions(options: TrainOptions): void {
  requireKnown("train(…)", options, optionNames, trainHints);
}
