/**
 * The data types of training: a sample is a prompt plus weighted segments. All methods produce it and differ only in where the
 * segments come from; loss, batches and logs work on samples alone.
 */

export type Role = "system" | "user" | "assistant";
export type Message = { readonly role: Role; readonly content: string };

/** A source sentence and its reference translation. `from` and `to` are language names. */
export type Pair = {
  readonly source: string;
  readonly reference: string;
  readonly from: string;
  readonly to: string;
  readonly instruction: string;
};

/** A piece of the assistant's turn. With weight 0 it is context without loss (a separator, a style word). */
export type Segment = {
  readonly role: "translation" | "rationale" | "answer" | "separator" | "text";
  readonly origin: "data" | "base" | "rule";
  readonly text: string;
  readonly weight: number;
};

/** `endTurn`: whether the end-of-turn token is a target too; it then belongs to the last segment with a weight. */
export type Sample = {
  readonly prompt: readonly Message[];
  readonly segments: readonly Segment[];
  readonly endTurn: boolean;
};

/** How the loss is normalised: over all target tokens of a step, or as the weighted sum of each role's mean. */
export type Normalisation = "token" | "role";

/** The metrics of a run at a step. `loss` is the weighted total before the update; other columns are losses per role, and rates. */
export type Row = { readonly step: number; readonly loss: number; readonly [column: string]: number };

/** The measures of the probes at a step. `step` 0 is the base, before any update. */
export type ProbeRow = { readonly step: number; readonly [measure: string]: number };

/** The result of a headless run for one model: the base, or a tuned one. Shares are fractions from 0 to 1. */
export type Result = { readonly method: string; readonly [measure: string]: number | string };
