/** How a notebook is opened. */
import type { SessionEvent } from "../events.ts";
import type { ReplayedRun, Used } from "../messages.ts";
import type { Inputs } from "./inputs-file.ts";

export type SessionOptions = {
  /** The workspace's folder, absolute. */
  readonly workspace: string;
  /** The notebook, relative to the workspace, with forward slashes. */
  readonly path: string;
  readonly backend?: string;
  /** The most bytes that tensors may take; the machine's memory if left out. */
  readonly memory?: number;
  readonly seed: number;
  /**
   * `page`: the log and the values of inputs are saved, edits are written to the file, and outside changes are merged in.
   * `headless`: nothing is written but what the cells write; `inputs` are the values to run with, and `earlier` brings the
   * trainings of a process that was cut off (`earlierRuns`).
   */
  readonly use:
    | { readonly kind: "page" }
    | { readonly kind: "headless"; readonly inputs: Inputs; readonly earlier?: readonly SessionEvent[] };
  /** The runs of a record that is verified. */
  readonly replay?: readonly ReplayedRun[];
  /** Is told what cells use from outside of the notebook. */
  readonly onUse?: (used: Used) => void;
  /** Milliseconds that a cell has to end before its kernel is killed. */
  readonly grace?: number;
};
