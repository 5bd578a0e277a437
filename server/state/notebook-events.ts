/** Changes of the notebook: cells are added, removed, moved and edited. An edit makes cells stale; it runs nothing. */
import type { NotebookEvent } from "../events.ts";
import { analyse } from "../notebook/language/analyse.ts";
import { flagged } from "../notebook/source/head.ts";
import { DEFAULT_SETTINGS } from "../notebook/source/settings.ts";
import type { Cell, CellId } from "../notebook/types.ts";
import { type CellState, NO_TENSORS, NO_VALUES, NOT_CACHED } from "./cell-state.ts";
import { restructured } from "./freshness.ts";
import { ended } from "./kernel-events.ts";
import { cellState, type SessionState } from "./state.ts";
import { readStored, renamedCell, withCellsOf } from "./stored-inputs.ts";
import { withDescendants } from "./targets.ts";

type Cells = readonly CellState[];

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
        return event.cells.map((cell) => cellOf(cell, old.get(cell.id)));
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
      // The kernel knows the cell by its old id, so its values are lost; what it showed stays.
      return arranged(
        { ...state, inputValues: renamedCell(state.inputValues, event.cell, event.to) },
        changing(event.cell, (cell) => ({ ...cell, id: event.to })),
      );
    case "cell-removed":
      return arranged(state, (cells) => cells.filter((each) => each.cell.id !== event.cell));
    case "cell-inserted": {
      if (cellState(state, event.cell.id)) return state;
      return arranged(state, (cells) => placed(cells, cellOf(event.cell), event.after));
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
    case "notice":
      return { ...state, notice: { level: event.level, text: event.text, seq } };
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
  const inputValues = withCellsOf(state.inputValues, state.cells, cells);
  return restructured({ ...before, cells, inputValues, results: cells.flatMap((each) => each.results) });
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
