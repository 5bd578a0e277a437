/** What server and kernel say to each other over IPC. The kernel only reports; it never waits for an answer. */

import type { CellEvent, KernelEvent, NotebookEvent, RunEvent, RunId } from "./events.ts";
import type { CellId } from "./notebook/types.ts";
import type { InputValue, RunOrder } from "./values.ts";

export type ToKernel =
  | {
      readonly type: "open";
      /** Absolute paths. */
      readonly notebook: string;
      readonly workspace: string;
      readonly backend?: string;
      readonly seed: number;
      /** Most bytes that tensors may take; what the machine has, where left out. */
      readonly memory?: number;
    }
  /** Begins a new generation. All generations of the cell and of its descendants have been ended before. */
  | {
      readonly type: "execute";
      readonly cell: CellId;
      readonly generation: number;
      readonly snapshot: string;
      readonly source: string;
      /** Values set by the user for inputs that this cell declares, by name. */
      readonly inputs: Readonly<Record<string, InputValue>>;
      /** Runs of this cell with this snapshot that the end of a kernel cut off: they are gone on with. */
      readonly interrupted?: readonly RunId[];
      /** The digests of the project files that it imports, as the snapshot has them. */
      readonly files?: Readonly<Record<string, string>>;
      /**
       * For a cell with a cache. `use`: restore what the cache has under the snapshot, else compute and keep. `renew`:
       * compute and keep. `only`: restore, or say that the cache is lost, since ancestors have no values.
       */
      readonly cache?: "use" | "renew" | "only";
    }
  /** Ends generations: signals abort, disposers run, runs stop, tensors are freed, values are forgotten. In the order given. */
  | { readonly type: "end"; readonly cells: readonly CellId[] }
  /** Gives the constant (or the live handle) of an input a new value. */
  | { readonly type: "input"; readonly cell: CellId; readonly name: string; readonly value: InputValue }
  /** Asks a run of a living generation to do something before its next step. */
  | { readonly type: "steer"; readonly run: RunId; readonly order: RunOrder }
  /** Stops what runs in the cell (all cells when absent) and keeps its values: a training ends as `stopped` at its next step. */
  | { readonly type: "stop"; readonly cell?: CellId }
  /** These cells are no more: what they kept for a next generation is freed. */
  | { readonly type: "forget"; readonly cells: readonly CellId[] }
  | { readonly type: "close" };

export type FromKernel =
  | CellEvent
  | RunEvent
  | Extract<KernelEvent, { type: "kernel-ready" | "tensors" }>
  | Extract<NotebookEvent, { type: "notice" }>
  | { readonly type: "open-failed"; readonly message: string };
