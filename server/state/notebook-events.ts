/** Changes of the notebook: cells are added, removed, moved and edited. An edit makes cells stale; it runs nothing. */
import type { NotebookEvent } from "../events.ts";
import { analyse } from "../notebook/language/analyse.ts";
import { flagged } from "../notebook/source/head.ts";
import { DEFAULT_SETTINGS } from "../notebook/source/settings.ts";
import type { Cell, CellId } from "../notebook/types.ts";
import { type CellState, inPhase, NO_TENSORS, NO_VALUES, NOT_CACHED } from "./cell-state.ts";
import { restructured } from "./freshness.ts";
import { ended } from "./kernel-events.ts";
import { cellState, type SessionState } from "./state.ts";
import { readStored, renamedCell, withCellsOf } from "./stored-inputs.ts";
import { withDescendants } from "./targets.ts";

type Cells = readonly CellState[];

/** How many removed cells are kept. */
const REMOVED = 20;

export function afterNotebookEvent(state: SessionState, event: NotebookEvent, seq: number): SessionState {
  switch (event.type) {
    case "opened": {
      const { settings = DEFAULT_SETTINGS } = event;
      const cells = event.cells.map((cell) => cellOf(cell));
      const inputValues = readStored(event.inputs, cells);
      return arranged({ ...state, path: event.path, inputValues, settings, userRan: false }, () => cells);
    }
    case "settings":
      return { ...state, settings: event.settings };
    case "replaced":
      return arranged(event.settings ? { ...state, settings: event.settings } : state, (cells) => {
        const old = new Map(cells.map((each) => [each.cell.id, each]));
        return event.cells.map((cell) => cellOf(cell, old.get(cell.id) ?? removedCell(state, cell.id)));
      });
    case "cell-edited":
      return arranged(
        state,
        changing(event.cell, (cell) => ({ ...cell, source: event.source })),
      );
    case "cell-mode":
      return arranged(
        state,
        changing(event.cell, (cell) => ({ ...cell, mode: event.mode })),
      );
    case "cell-options":
      return arranged(
        state,
        changing(event.cell, (cell) => ({ ...cell, options: event.options })),
      );
    case "cell-renamed":
      return restructured(withCellRenamed(state, event.cell, event.to));
    case "cell-removed":
      return arranged(state, (cells) => cells.filter((each) => each.cell.id !== event.cell));
    case "cell-inserted": {
      if (cellState(state, event.cell.id)) return state;
      return arranged(state, (cells) =>
        placed(cells, cellOf(event.cell, removedCell(state, event.cell.id)), event.after),
      );
    }
    case "cell-moved":
      return arranged(state, (cells) => {
        const moving = cells.find((each) => each.cell.id === event.cell);
        if (!moving || event.after === event.cell) return cells;
        return placed(
          cells.filter((each) => each !== moving),
          moving,
          event.after,
        );
      });
    case "notice": {
      const { level, text, action } = event;
      return { ...state, notice: { level, text, seq, ...(action && { action }) } };
    }
  }
}

/** Applies a change to the cells. A cell that is removed or disabled loses its values, and so do the cells made from it. */
function arranged(state: SessionState, change: (cells: Cells) => Cells): SessionState {
  const next = change(state.cells);
  const remaining = new Set(next.map((each) => each.cell.id));
  const removed = state.cells.map((each) => each.cell.id).filter((id) => !remaining.has(id));
  const disabled = next.filter(({ cell, values }) => values.kind === "in-kernel" && flagged(cell, "disabled"));
  const ending = [...removed, ...disabled.map(({ cell }) => cell.id)];
  const before = ending.length === 0 ? state : ended(state, withDescendants(state, ending));
  const cells = before === state ? next : change(before.cells);
  const results = cells.flatMap((each) => each.results);
  const inputValues = withCellsOf(state.inputValues, state.cells, cells);
  return restructured({ ...before, cells, inputValues, results, removed: removedAfter(before, remaining) });
}

/** A cell that is put back, by undoing or by another program, shows again what it showed. */
function removedCell({ removed }: SessionState, id: CellId): CellState | undefined {
  return removed.find((each) => each.cell.id === id);
}

/** Without what follows from the other cells. */
function atRemoval(cell: CellState): CellState {
  return { ...inPhase(cell, { status: "idle" }), errors: [], snapshot: "", stale: false };
}

function removedAfter({ cells, removed }: SessionState, remaining: ReadonlySet<CellId>): readonly CellState[] {
  const gone = cells.filter(({ cell }) => !remaining.has(cell.id));
  const earlier = removed.filter(
    ({ cell }) => !remaining.has(cell.id) && !gone.some((each) => each.cell.id === cell.id),
  );
  if (gone.length === 0 && earlier.length === removed.length) return removed;
  return [...gone.map(atRemoval), ...earlier].slice(0, REMOVED);
}

/** The same cell under another id, with its values and what runs in it. */
export function withCellRenamed(state: SessionState, from: CellId, to: CellId): SessionState {
  const renamed = (id: CellId): CellId => (id === from ? to : id);
  const cells = state.cells.map((each): CellState => {
    const values =
      each.values.kind === "in-kernel" && each.values.madeFrom.includes(from)
        ? { ...each.values, madeFrom: each.values.madeFrom.map(renamed) }
        : each.values;
    if (each.cell.id === from) return { ...each, values, cell: { ...each.cell, id: to } };
    return values === each.values ? each : { ...each, values };
  });
  const runs = Object.entries(state.runs).map(
    ([id, run]) => [id, run.info.cell === from ? { ...run, info: { ...run.info, cell: to } } : run] as const,
  );
  return {
    ...state,
    cells,
    runs: Object.fromEntries(runs),
    inputValues: renamedCell(state.inputValues, from, to),
    places: new Map([...state.places].map(([id, place]) => [renamed(id), place])),
    ...(state.pending && { pending: { ...state.pending, cells: state.pending.cells.map(renamed) } }),
  };
}

function changing(id: CellId, change: (cell: Cell) => Cell): (cells: Cells) => Cells {
  return (cells) => cells.map((each) => (each.cell.id === id ? cellOf(change(each.cell), each) : each));
}

/** Inserts after a cell; at the end, if that cell does not exist. */
function placed(cells: Cells, cell: CellState, after: CellId | null): Cells {
  const before = after === null ? -1 : cells.findIndex((each) => each.cell.id === after);
  const index = after !== null && before < 0 ? cells.length : before + 1;
  return cells.toSpliced(index, 0, cell);
}

/** The state of a cell. It takes over what the old cell ran and showed, if that was of the same kind. Only a changed source is analysed. */
function cellOf(cell: Cell, old?: CellState): CellState {
  const same = old?.cell.kind === cell.kind ? old : undefined;
  if (same && same.cell.source === cell.source) return { ...same, cell };
  const analysis = cell.kind === "code" ? analyse(cell.source) : undefined;
  return { ...(same ?? NEW), cell, ...(analysis && { analysis }) };
}

const NEW = {
  errors: [],
  status: "idle",
  generation: 0,
  snapshot: "",
  stale: false,
  values: NO_VALUES,
  cache: NOT_CACHED,
  outputs: [],
  console: [],
  inputs: [],
  results: [],
  tensors: NO_TENSORS,
} as const;
