/** What passes between a page and the worker with its session. */
import type { Difference, Verdict } from "../records/comparison.ts";

/** The most that tensors may take in a page: a browser ends a tab that takes too much. */
export const MEMORY_BYTES = 1.5e9;

/** `run`: the notebook, as it was when the page was made. `verify`: its record, again. */
export type Task = "run" | "verify";

export type ToWorker =
  /** `container`: what the page carries; see `container.ts`. */
  | { readonly kind: "begin"; readonly container: Uint8Array<ArrayBuffer>; readonly task: Task }
  /** A message of the page's session, as JSON. */
  | { readonly kind: "client"; readonly text: string }
  /** A file of the reader for an input. It is answered with `stored`. */
  | { readonly kind: "file"; readonly id: number; readonly name: string; readonly bytes: Uint8Array };

export type ToPage =
  /** A message of the server to the page's session, as JSON. */
  | { readonly kind: "server"; readonly text: string }
  | { readonly kind: "verification"; readonly progress: VerificationProgress }
  /** `path`: relative to the notebook's folder. */
  | { readonly kind: "stored"; readonly id: number; readonly path: string }
  | { readonly kind: "not-stored"; readonly id: number; readonly message: string }
  /** The page's files are damaged, or nothing could be started. */
  | { readonly kind: "failed"; readonly message: string };

export type VerifiedRun = {
  readonly run: string;
  readonly method: string;
  /** How many of its steps were compared. */
  readonly verified: number;
  readonly steps: number;
};
/** `so far`: while it goes on. `done`: the verdict over everything. */
export type VerificationProgress = {
  readonly stage: "so far" | "done";
  readonly verdict: Verdict;
  readonly runs: readonly VerifiedRun[];
  readonly first?: Difference;
  /** Why it could not be repeated to its end. */
  readonly errors: readonly string[];
};
