/**
 * The state of one cell. States that exclude each other are unions: its phase, its values in the kernel, its cached result.
 */
import type { ConsoleLine, Cost, Holding } from "../events.ts";
import type { Analysis, Cell, CellError, CellId, CellWarning } from "../notebook/types.ts";
import type { InputSpec, InputValue, Output, Result } from "../values.ts";

/** A control that a cell declared, and its value. */
export type InputState = {
  readonly name: string;
  readonly live: boolean;
  readonly spec: InputSpec;
  readonly value: InputValue;
  /** The generation that declared it: while a cell runs again, its old controls stay until it has settled. */
  readonly generation: number;
};

/** Why a cell cannot run. `chain`: the cells from the cause to the one that this cell uses; empty if the cause is in the cell itself. */
export type Blocker = {
  readonly why: "error" | "disabled" | "failed" | "stopped";
  readonly chain: readonly CellId[];
};

/** What a cell is doing. */
export type Phase =
  | { readonly status: "idle" | "done" | "failed" | "stopped" }
  | {
      readonly status: "queued";
      /** A user ran a fresh cell by name: it computes, even if the cache has its result. */
      readonly renew: boolean;
    }
  /** Its top level is running, or a run that it started. */
  | {
      readonly status: "running";
      readonly progress?: { readonly label: string; readonly done: number; readonly total: number };
      /** Its top level is done, and all runs that continue are paused. */
      readonly paused: boolean;
      /** A file that it imports changed while it ran: it runs again when it is done. */
      readonly rerun: boolean;
    }
  /** An ancestor failed or was stopped, or the cell or an ancestor has a structure error or is disabled. */
  | { readonly status: "blocked"; readonly blocker: Blocker };

export type CellStatus = Phase["status"];

/** What the kernel holds of a cell. */
export type Values =
  | { readonly kind: "none" }
  | {
      readonly kind: "in-kernel";
      /** The snapshot that the generation ran with. */
      readonly snapshot: string;
      /** The top level is done: dependents may use the values. */
      readonly settled: boolean;
      /** They come from the cache; the code did not run. */
      readonly restored: boolean;
      /** The sequence number of its start: later generations have larger ones. */
      readonly order: number;
      /** The cells whose values they were made from. They count even after an edit removed the reference. */
      readonly madeFrom: readonly CellId[];
      /** How many values each stream of the cell has given. */
      readonly streams?: Readonly<Record<string, number>>;
      /** How many values each stream that the cell uses had given when the cell started. */
      readonly streamsRead?: Readonly<Record<string, number>>;
      /** The most tensor bytes that the generation held, by the reports of the kernel. */
      readonly peakBytes: number;
    };

export type HeldValues = Extract<Values, { readonly kind: "in-kernel" }>;

export const NO_VALUES: Values = { kind: "none" };
export const NO_TENSORS: Holding = { bytes: 0, count: 0 };

/** What the cache has of a cell. */
export type CacheState =
  | { readonly kind: "none" }
  /** Values, outputs and tensors of this snapshot are on disk. `replaced`: why the result before it was not used. */
  | { readonly kind: "stored"; readonly snapshot: string; readonly replaced?: string }
  /** The result of this snapshot that is on disk cannot be used, for this reason. */
  | { readonly kind: "unused"; readonly snapshot: string; readonly reason: string }
  /** The cell has the option `cache`, but its last result cannot be stored. */
  | { readonly kind: "refused"; readonly reason: string };

export const NOT_CACHED: CacheState = { kind: "none" };

/** What is true of a cell in every phase. */
type CellFacts = {
  readonly cell: Cell;
  /** Absent for markdown. */
  readonly analysis?: Analysis;
  /** Errors of the code and of the notebook's structure. */
  readonly errors: readonly CellError[];
  /** What its user should know about state that it shares with other cells. Absent if there is nothing. */
  readonly warnings?: readonly CellWarning[];
  /** Counts the executions of this cell; 0 = never. It grows over restarts of the kernel too. */
  readonly generation: number;
  /** The snapshot as the notebook and its inputs are now. */
  readonly snapshot: string;
  /** It ran with another snapshot than its present one. Undoing the change makes it fresh again. */
  readonly stale: boolean;
  readonly values: Values;
  readonly cache: CacheState;
  readonly outputs: readonly Output[];
  /** The snapshot that its outputs were made with. Unlike its values, it survives the kernel. Absent in logs of earlier versions. */
  readonly madeWith?: string;
  readonly console: readonly ConsoleLine[];
  readonly inputs: readonly InputState[];
  /** The results that its last generation reported. */
  readonly results: readonly Result[];
  readonly tensors: Holding;
  /** The run-time error of the last generation. */
  readonly error?: CellError;
  /** When the last generation started, in milliseconds since 1970. */
  readonly startedAt?: number;
  /** Wall time of the last finished generation, in milliseconds. */
  readonly ms?: number;
  /** The time and the tensor bytes of its last complete execution. */
  readonly cost?: Cost;
};

export type CellState = CellFacts & Phase;

/** The cell in another phase, without the fields of the old phase. */
export function inPhase(cell: CellState, phase: Phase): CellState {
  const { analysis, warnings, madeWith, error, startedAt, ms, cost } = cell;
  return {
    cell: cell.cell,
    ...(analysis && { analysis }),
    errors: cell.errors,
    ...(warnings && { warnings }),
    generation: cell.generation,
    snapshot: cell.snapshot,
    stale: cell.stale,
    values: cell.values,
    cache: cell.cache,
    outputs: cell.outputs,
    ...(madeWith !== undefined && { madeWith }),
    console: cell.console,
    inputs: cell.inputs,
    results: cell.results,
    tensors: cell.tensors,
    ...(error && { error }),
    ...(startedAt !== undefined && { startedAt }),
    ...(ms !== undefined && { ms }),
    ...(cost && { cost }),
    ...phase,
  };
}

/** What the kernel holds of the cell, or undefined. */
export function heldValues({ values }: CellState): HeldValues | undefined {
  return values.kind === "in-kernel" ? values : undefined;
}

/** Why a blocked cell cannot run. */
export function blockerOf(cell: CellState): Blocker | undefined {
  return cell.status === "blocked" ? cell.blocker : undefined;
}

/** Why the last result could not be stored in the cache. */
export function refusalOf({ cache }: CellState): string | undefined {
  return cache.kind === "refused" ? cache.reason : undefined;
}
