/**
 * The state of a session: what the page draws and the server plans by. It is a value; the reducer makes the next one.
 */

import type { ConsoleLine, Cost, Holding, Memory, ProjectFile, RunInfo } from "../events.ts";
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

/**
 * `running` covers both the top level (`settled` false) and runs that go on after it (`settled` true).
 * `blocked`: an ancestor failed or was stopped, or the cell or an ancestor has an error of structure.
 */
export type CellStatus = "idle" | "queued" | "running" | "done" | "failed" | "stopped" | "blocked";

export type InputState = {
  readonly name: string;
  readonly live: boolean;
  readonly spec: InputSpec;
  readonly value: InputValue;
  /** The generation that declared it: while a cell re-runs, its old controls stay until it has settled. */
  readonly generation: number;
};

export type CellState = {
  readonly cell: Cell;
  /** Absent for markdown. */
  readonly analysis?: Analysis;
  /** Errors of structure, by analysis and topology. */
  readonly errors: readonly CellError[];
  readonly status: CellStatus;
  readonly settled: boolean;
  /** Its top level is through, and all of its runs that go on are paused. */
  readonly paused?: boolean;
  /** Counts the executions of this cell; 0 = never. Grows for ever, over restarts of the kernel too. */
  readonly generation: number;
  /** The snapshot that it last ran with, while the values of that run still live in the kernel. */
  readonly ranWith?: string;
  /** The cells whose values it was made from, while its own live: they count even after an edit took the reference away. */
  readonly madeFrom?: readonly CellId[];
  /** The snapshot as the notebook and its inputs stand now. */
  readonly snapshot: string;
  /** Ran once, and what it ran with is not what stands now. Undoing the edit makes it fresh again. */
  readonly stale: boolean;
  readonly outputs: readonly Output[];
  readonly console: readonly ConsoleLine[];
  /** The run-time error of the last generation. */
  readonly error?: CellError;
  readonly progress?: { readonly label: string; readonly done: number; readonly total: number };
  readonly inputs: readonly InputState[];
  readonly startedAt?: number;
  /** Grows from one beginning of any cell to the next. */
  readonly begun?: number;
  /** Blocker time of the last finished generation. */
  readonly ms?: number;
  readonly tensors: Holding;
  /** What its last generation reported. */
  readonly results: readonly Result[];
  /** Why it cannot run, where its status is `blocked`. */
  readonly blocker?: Blocker;
  /** What its last whole execution took. */
  readonly cost?: Cost;
  /** The most tensor bytes that the present generation was seen to hold. */
  readonly held?: number;
  /** The snapshot whose values, outputs and tensors lie in the cache. */
  readonly kept?: string;
  /** Why what the last generation gave is not in the cache, although the cell asks for it. */
  readonly notCached?: string;
  /** What it shows and gives came from the cache. */
  readonly restored?: boolean;
  /** It was asked for by name while it was fresh: it computes, whatever the cache holds. */
  readonly forced?: boolean;
  /** A file that it uses changed while it ran: it runs again when it is through. */
  readonly again?: boolean;
  /** How many values each of its streams gave. */
  readonly streams?: Readonly<Record<string, number>>;
  /** How many values the streams that it uses had given when it began. */
  readonly seen?: Readonly<Record<string, number>>;
};

/** `chain`: the cells from the one that is the cause to the one that this cell uses; empty where the cause is its own. */
export type Blocker = {
  readonly why: "error" | "disabled" | "failed" | "stopped";
  readonly chain: readonly CellId[];
};

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
  | { readonly status: "ended"; readonly expected: boolean; readonly reason: string };

export type SessionState = {
  readonly path: string;
  readonly seq: number;
  readonly cells: readonly CellState[];
  /** The cells that are others than before the last event, and perhaps some that are not; `any` where the list itself was made anew. */
  readonly changed: readonly CellId[] | "any";
  readonly topology: Topology;
  /**
   * What follows from the rest and is kept, so that an event takes work for what it changes and not for all that there is:
   * the places of the cells; those that cannot run; those with streams, and those whose values were made from others than
   * they use now, and perhaps some that once were such.
   */
  readonly places: ReadonlyMap<CellId, number>;
  readonly blockers: ReadonlyMap<CellId, Blocker>;
  readonly streaming: readonly CellId[];
  readonly strays: readonly CellId[];
  /** Values set by the user, by input name; they outlive the cell's generations and the kernel. */
  readonly inputValues: Readonly<Record<string, InputValue>>;
  readonly runs: Readonly<Record<string, RunState>>;
  readonly kernel: KernelState;
  readonly tensorBytes: number;
  /** What else the ledger says of all tensors; absent while there is no kernel. */
  readonly memory?: Memory;
  readonly results: readonly Result[];
  readonly settings: NotebookSettings;
  /** Project files that cells import, by the names that they import them by. */
  readonly files: Readonly<Record<string, ProjectFile>>;
  /** Cells that a change would run and that wait for a word, since they took long: what they took together. */
  readonly asks?: Cost & { readonly cells: readonly CellId[] };
  readonly notice?: { readonly level: "info" | "warn" | "error"; readonly text: string; readonly seq: number };
};

/** The state's cell by id. */
export function cellState(
  { cells, places }: Pick<SessionState, "cells" | "places">,
  id: CellId,
): CellState | undefined {
  const place = places.get(id);
  return place === undefined ? undefined : cells[place];
}

/** Puts another in the place of a cell. */
export function withCell(state: SessionState, id: CellId, change: (cell: CellState) => CellState): SessionState {
  return withCells(state, [id], change);
}

/** Puts others in the places of cells; the state itself where none is another. */
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

/** Whether it waits between two steps. It counts as running all the same. */
export function isPaused({ status, changes }: RunState): boolean {
  const last = changes.findLast(({ kind }) => kind === "pause" || kind === "resume" || kind === "restart");
  return status === "running" && last?.kind === "pause";
}

/** What the knobs stood at in a step. */
export function knobsAt({ info, changes }: RunState, step: number): Readonly<Record<string, InputValue>> {
  const values: Record<string, InputValue> = { ...info.knobs };
  for (const change of changes) if (change.kind === "knob" && change.step <= step) values[change.name] = change.value;
  return values;
}
