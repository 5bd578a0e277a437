/**
 * The state of a session: the page draws it, and the server plans with it. It is immutable; the reducer makes the next one.
 * States of a cell that exclude each other are unions: its phase, its values in the kernel, and its cached result.
 */

import type { ConsoleLine, Cost, Holding, KernelEnd, Memory, ProjectFile, RunInfo } from "../events.ts";
import type { NotebookSettings } from "../notebook/source/settings.ts";
import type { Analysis, Cell, CellError, CellId, Topology } from "../notebook/types.ts";
import type {
  InputSpec,
  InputValue,
  Output,
  ProbeRow,
  Result,
  Row,
  RunChange,
  RunCheckpoint,
  RunStatus,
} from "../values.ts";

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
  /** Values, outputs and tensors of this snapshot are on disk. */
  | { readonly kind: "stored"; readonly snapshot: string }
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
  /** Counts the executions of this cell; 0 = never. It grows over restarts of the kernel too. */
  readonly generation: number;
  /** The snapshot as the notebook and its inputs are now. */
  readonly snapshot: string;
  /** It ran with another snapshot than its present one. Undoing the change makes it fresh again. */
  readonly stale: boolean;
  readonly values: Values;
  readonly cache: CacheState;
  readonly outputs: readonly Output[];
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
  const { analysis, error, startedAt, ms, cost } = cell;
  return {
    cell: cell.cell,
    ...(analysis && { analysis }),
    errors: cell.errors,
    generation: cell.generation,
    snapshot: cell.snapshot,
    stale: cell.stale,
    values: cell.values,
    cache: cell.cache,
    outputs: cell.outputs,
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

export type RunState = {
  readonly info: RunInfo;
  readonly status: RunStatus;
  readonly message?: string;
  readonly rows: readonly Row[];
  readonly probes: readonly ProbeRow[];
  readonly changes: readonly RunChange[];
  /** The steps that it can go back to or be forked at, in their order. */
  readonly checkpoints: readonly RunCheckpoint[];
};

export type KernelState =
  | { readonly status: "off" }
  | { readonly status: "starting" }
  | {
      readonly status: "ready";
      readonly pid: number;
      readonly backend: string;
      readonly passedOver: readonly { readonly name: string; readonly reason: string }[];
    }
  | { readonly status: "ended"; readonly cause: KernelEnd; readonly reason: string };

export type SessionState = {
  readonly path: string;
  readonly seq: number;
  readonly cells: readonly CellState[];
  /** The cells that the last event changed, perhaps with some that it did not change. `any`: every cell may have changed. */
  readonly changed: readonly CellId[] | "any";
  readonly topology: Topology;
  /**
   * The next four follow from the rest. They are stored so that the work for an event is in proportion to what it changes:
   * each cell's place in the list; the blocked cells; the cells with streams; and the cells whose values were made from
   * other cells than they use now. The last two may contain a few cells too many.
   */
  readonly places: ReadonlyMap<CellId, number>;
  readonly blockers: ReadonlyMap<CellId, Blocker>;
  readonly streamCells: readonly CellId[];
  readonly rewired: readonly CellId[];
  /** Values that the user set, by the name of the input. They survive re-runs of the cell and restarts of the kernel. */
  readonly inputValues: Readonly<Record<string, InputValue>>;
  readonly runs: Readonly<Record<string, RunState>>;
  readonly kernel: KernelState;
  readonly tensorBytes: number;
  /** Further totals over all tensors; absent while there is no kernel. */
  readonly memory?: Memory;
  readonly results: readonly Result[];
  readonly settings: NotebookSettings;
  /** Project files that cells import, by the names in their imports. */
  readonly files: Readonly<Record<string, ProjectFile>>;
  /** A user ran something in this session. Until then nothing runs by itself: what a folder brings along is not trusted. */
  readonly userRan: boolean;
  /** Cells that a change would run, and that wait for the user's answer because they are expensive; with their expected cost together. */
  readonly pending?: Cost & { readonly cells: readonly CellId[] };
  readonly notice?: { readonly level: "info" | "warn" | "error"; readonly text: string; readonly seq: number };
};

/** Why a blocked cell cannot run. */
export function blockerOf(cell: CellState): Blocker | undefined {
  return cell.status === "blocked" ? cell.blocker : undefined;
}

/** Why the last result could not be stored in the cache. */
export function refusalOf({ cache }: CellState): string | undefined {
  return cache.kind === "refused" ? cache.reason : undefined;
}

/** The cell with this id. */
export function cellState(
  { cells, places }: Pick<SessionState, "cells" | "places">,
  id: CellId,
): CellState | undefined {
  const place = places.get(id);
  return place === undefined ? undefined : cells[place];
}

/** Replaces one cell. */
export function withCell(state: SessionState, id: CellId, change: (cell: CellState) => CellState): SessionState {
  return withCells(state, [id], change);
}

/** Replaces several cells. @returns the same state if no cell changed */
export function withCells(
  state: SessionState,
  ids: Iterable<CellId>,
  change: (cell: CellState) => CellState,
): SessionState {
  let cells: CellState[] | undefined;
  const changed = state.changed === "any" ? undefined : [...state.changed];
  for (const id of ids) {
    const place = state.places.get(id);
    const cell = place === undefined ? undefined : (cells ?? state.cells)[place];
    if (place === undefined || !cell) continue;
    const next = change(cell);
    if (next === cell) continue;
    cells ??= state.cells.slice();
    cells[place] = next;
    changed?.push(id);
  }
  return cells ? { ...state, cells, changed: changed ?? "any" } : state;
}

/** Replaces or removes the cells that wait for the user's answer. */
export function withPending(state: SessionState, pending: SessionState["pending"]): SessionState {
  return pending ? { ...state, pending } : without(state, "pending");
}

/** A copy of a record without one of its optional fields. */
export function without<T extends object, K extends keyof T>(record: T, field: undefined extends T[K] ? K : never): T {
  const copy = { ...record };
  delete copy[field];
  return copy;
}

/** Whether the run waits between two steps. It still counts as running. */
export function isPaused({ status, changes }: RunState): boolean {
  const last = changes.findLast(({ kind }) => kind === "pause" || kind === "resume" || kind === "restart");
  return status === "running" && last?.kind === "pause";
}

/** The values of the knobs at a step. */
export function knobsAt({ info, changes }: RunState, step: number): Readonly<Record<string, InputValue>> {
  const values: Record<string, InputValue> = { ...info.knobs };
  for (const change of changes) if (change.kind === "knob" && change.step <= step) values[change.name] = change.value;
  return values;
}
