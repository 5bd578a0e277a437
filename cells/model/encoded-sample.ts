/** A sample as token ids, with its targets. */
import type { Segment } from "../types.ts";

/** Tokens `from` to `to` (exclusive) are targets with one role and weight. Token t is predicted at position t − 1. */
export type Span = {
  readonly role: Segment["role"];
  readonly weight: number;
  readonly from: number;
  readonly to: number;
};

export type EncodedSample = {
  readonly ids: readonly number[];
  readonly spans: readonly Span[];
  /** The number of targets after the assistant's text, which the template writes: the end of the turn. */
  readonly templateTargets?: number;
};
