/** Which cells an experiment consists of when it is saved, and which of them have no numbers of the code as it is now. */
import { reachable } from "../notebook/graph/graph.ts";
import type { CellId } from "../notebook/types.ts";
import type { InputValue } from "../values.ts";
import { blockerOf, type CellState } from "./cell-state.ts";
import { alive, parentsOf } from "./freshness.ts";
import { cellState, type RunState, type SessionState } from "./state.ts";

/** Whole notebook, or chosen cells with all cells that these need. */
export type SavedCells = "all" | readonly CellId[];
export type Unfinished = {
  readonly cell: CellId;
  readonly why: "stale" | "not run" | "running" | "failed" | "stopped";
};

/** The cells of the experiment, in the order of the notebook. */
export function cellsToSave(state: SessionState, chosen: SavedCells): readonly CellId[] {
  const all = state.cells.map(({ cell }) => cell.id);
  if (chosen === "all") return all;
  const needed = reachable(chosen, (id) => parentsOf(state.topology, id));
  return all.filter((id) => chosen.includes(id) || needed.has(id));
}

/** The state as if the notebook had these cells alone. */
export function stateOfCells(state: SessionState, ids: readonly CellId[]): SessionState {
  const cells = state.cells.filter(({ cell }) => ids.includes(cell.id));
  const modules = new Set(cells.flatMap(({ analysis }) => analysis?.files ?? []));
  return {
    ...state,
    cells,
    places: new Map(cells.map(({ cell }, place) => [cell.id, place])),
    runs: Object.fromEntries(Object.entries(state.runs).filter(([, { info }]) => ids.includes(info.cell))),
    files: Object.fromEntries(Object.entries(state.files).filter(([module]) => modules.has(module))),
    results: cells.flatMap(({ results }) => results),
  };
}

/** The cells that are stale or have not run to their end. Disabled cells are not meant to run. */
export function unfinishedCells(state: SessionState, ids: readonly CellId[]): readonly Unfinished[] {
  return ids.flatMap((id): Unfinished[] => {
    const cell = cellState(state, id);
    const why = cell?.analysis && whyUnfinished(cell);
    return why ? [{ cell: id, why }] : [];
  });
}

function whyUnfinished(cell: CellState): Unfinished["why"] | undefined {
  switch (cell.status) {
    case "done":
      return cell.stale || !alive(cell) ? "stale" : undefined;
    case "running":
    case "queued":
      return "running";
    case "failed":
      return cell.stale ? "stale" : "failed";
    case "stopped":
      return "stopped";
    case "blocked": {
      const why = blockerOf(cell)?.why;
      if (why === "disabled") return undefined;
      return why === "stopped" ? "stopped" : "failed";
    }
    case "idle":
      return cell.stale ? "stale" : "not run";
  }
}

/** Whether the run is of its cell's last execution, and of the code as it is now. */
export function isRunOfPresentCode({ info }: RunState, state: SessionState): boolean {
  const cell = cellState(state, info.cell);
  return cell !== undefined && cell.generation === info.generation && cell.snapshot === info.snapshot;
}

/** The values of the inputs. A knob that was turned while a training ran has the value that it had when the training began. */
export function valuesToSave(state: SessionState): Readonly<Record<string, InputValue>> {
  const values: Record<string, InputValue> = {};
  const knobs = Object.values(state.runs)
    .filter((run) => isRunOfPresentCode(run, state))
    .map(({ info }) => info.knobs);
  for (const { inputs } of state.cells)
    for (const { name, live, value } of inputs) {
      const began = live ? knobs.find((each) => Object.hasOwn(each, name))?.[name] : undefined;
      values[name] = began ?? value;
    }
  return values;
}
