/**
 * What compiled code needs so that it finds the cell that it belongs to after an `await`. Node keeps an async context by itself, so
 * nothing is inserted here. A browser does not; the page in which a notebook runs has a file of its own for this.
 */
import type { Program } from "acorn";
import type { Insertion } from "./interruptible.ts";

/** Text that opens comes before other text at its offset, and text that closes after it. */
export type ContextInsertions = { readonly closings: readonly Insertion[]; readonly openings: readonly Insertion[] };

/** @param streams the offsets of calls that are awaited too */
export function contextInsertions(_program: Program, streams: readonly number[]): ContextInsertions {
  return { closings: [], openings: streams.map((offset) => ({ offset, text: "await " })) };
}
