/** The messages between server and kernel, over a pipe. The kernel only reports; it never waits for an answer. */

import type { CellEvent, DiskEvent, KernelEvent, NotebookEvent, RunEvent, RunId } from "./events.ts";
import type { CellId } from "./notebook/types.ts";
import type { InputValue, RunChange, RunOrder } from "./values.ts";

/**
 * A run that is repeated from its record: `nth` among the runs that its cell starts. The knobs have the recorded values at each
 * step, whatever the inputs say.
 */
export type ReplayedRun = {
  readonly cell: CellId;
  readonly nth: number;
  readonly knobs: Readonly<Record<string, InputValue>>;
  readonly changes: readonly RunChange[];
  /** It continues from a checkpoint of this run, whose folder is in the workspace. */
  readonly continues?: RunId;
};

/** What cells use from outside of the notebook; for records. `cell`: which one; absent for what a project file reads while it loads. */
export type Used = { readonly cell?: CellId } & (
  | /** `mark`: of the file when it was read; it changes with every write. */
  { readonly type: "file-used"; readonly path: string; readonly mark?: string }
  | { readonly type: "package-used"; readonly name: string; readonly version: string; readonly digest: string }
  /** `name` as the cell wrote it. */
  | { readonly type: "model-used"; readonly name: string; readonly folder: string }
);

export type ToKernel =
  | {
      readonly type: "open";
      /** Absolute paths. */
      readonly notebook: string;
      readonly workspace: string;
      readonly backend?: string;
      readonly seed: number;
      /** The most bytes that tensors may take; the memory of the machine if left out. */
      readonly memory?: number;
      /** The key of this machine, which signs cached results. */
      readonly key: string;
      /** Of the code that the kernel loads: cached results of other code are not used. */
      readonly version: string;
      /** The runs of a record that is verified. */
      readonly replay?: readonly ReplayedRun[];
    }
  /** Starts a new generation. The earlier generations of the cell and its descendants have been ended before. */
  | {
      readonly type: "execute";
      readonly cell: CellId;
      readonly generation: number;
      readonly snapshot: string;
      readonly source: string;
      /** Values that the user set for inputs, by name. */
      readonly inputs: Readonly<Record<string, InputValue>>;
      /** Runs of this cell with this snapshot that were interrupted when a kernel ended. They continue. */
      readonly interrupted?: readonly RunId[];
      /** The digests of the project files that it imports, as they are in the snapshot. */
      readonly files?: Readonly<Record<string, string>>;
      /**
       * For a cell with the option `cache`. `use`: restore the cached result, or compute and store it. `renew`: compute
       * and store. `only`: restore, or report that the cached result is lost, because the ancestors have no values.
       */
      readonly cache?: "use" | "renew" | "only";
    }
  /** Ends generations in the order given: signals abort, disposers run, runs stop, tensors are freed, values are dropped. */
  | { readonly type: "end"; readonly cells: readonly CellId[] }
  /** Sets the constant or the live handle of an input. */
  | { readonly type: "input"; readonly cell: CellId; readonly name: string; readonly value: InputValue }
  /** Gives an order to a run of a current generation; the run follows it before its next step. */
  | { readonly type: "steer"; readonly run: RunId; readonly order: RunOrder }
  /** Stops the cell, or all cells, and keeps the values. A training ends as `stopped` at its next step. */
  | { readonly type: "stop"; readonly cell?: CellId }
  /** These cells were removed: tensors that they handed over with `keep()` are freed. */
  | { readonly type: "forget"; readonly cells: readonly CellId[] }
  | { readonly type: "close" };

export type FromKernel =
  | CellEvent
  | RunEvent
  | Extract<DiskEvent, { type: "cache-unused" }>
  | Extract<KernelEvent, { type: "kernel-ready" | "tensors" }>
  | Extract<NotebookEvent, { type: "notice" }>
  | Used
  | { readonly type: "open-failed"; readonly message: string };
