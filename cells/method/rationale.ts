/** One pair and its rationale. */
import type { Pair } from "../types.ts";

export type Rationale = Pair & {
  /** The rationale prompt of this pair; empty if the model continued without one. */
  readonly prompt: string;
  /** The model's text after the prompt, with its leading space. */
  readonly text: string;
  readonly tokens: number;
  /** Whether the model ended its turn, or was cut off at the maximum length. */
  readonly ended: boolean;
  /** Only a `used` rationale is learnt; of all other pairs only the translation. */
  readonly status: "used" | "empty" | "filtered" | "not sampled";
};
