/** The state of a session: what the page draws and what the server plans by. It is an immutable value; the reducer makes the next one. */
import type { KernelEnd, ProjectFile, Question, RunInfo } from "../events.ts";
import type { NotebookSettings } from "../notebook/source/settings.ts";
import type { CellId, Topology } from "../notebook/types.ts";
import type {
  Cost,
  InputValue,
  Memory,
  ProbeRow,
  Result,
  Row,
  RunChange,
  RunCheckpoint,
  RunStatus,
} from "../values.ts";
import type { Blocker, CellState } from "./cell-state.ts";

export type RunState = {
  readonly info: RunInfo;
  readonly status: RunStatus;
  readonly message?: string;
  /** What it does before its first step. */
  readonly phase?: { readonly label: string; readonly done: number; readonly total: number };
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
  /** The cells that were removed last, the newest first. Putting one back brings back what it showed. */
  readonly removed: readonly CellState[];
  /** The cells that the last event changed, perhaps with some that it did not change. `any`: every cell may have changed. */
  readonly changed: readonly CellId[] | "any";
  readonly topology: Topology;
  /**
   * The next four follow from the rest. They are stored so that the work for an event is in proportion to what it changes:
   * each cell's place in the list; the blocked cells; the cells with streams; and the cells whose values were made from
   * other cells than they use now, with all that depend on them. The last two may contain a few cells too many.
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
  /** Asked before something is lost. */
  readonly question?: Question;
  readonly notice?: {
    readonly level: "info" | "warn" | "error";
    readonly text: string;
    readonly seq: number;
    readonly action?: "save-file";
  };
};

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
