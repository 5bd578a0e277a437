/** Which cells a request runs: the cells asked for, the ancestors that they need, and the descendants that follow. */
import { reachable } from "../notebook/graph/graph.ts";
import type { CellId } from "../notebook/types.ts";
import { type CellState, heldValues } from "./cell-state.ts";
import { alive, childrenOf, hasOrGetsValues, outdated, parentsOf, restorable, runsTopLevel } from "./freshness.ts";
import { cellState, type SessionState } from "./state.ts";

export function idsOf(cells: readonly CellState[]): ReadonlySet<CellId> {
  return new Set(cells.map(({ cell }) => cell.id));
}

export type Follows = (cell: CellState) => boolean;
export const ranBefore: Follows = (cell) => cell.generation > 0;

/** The cells together with all cells made from them: by their present references, and by those that they ran with. */
export function withDescendants(state: SessionState, ids: Iterable<CellId>): ReadonlySet<CellId> {
  const { topology, rewired } = state;
  const isMadeFrom = (each: CellId, id: CellId): boolean => {
    const cell = cellState(state, each);
    return (cell && heldValues(cell)?.madeFrom.includes(id)) ?? false;
  };
  const usersOf = (id: CellId): readonly CellId[] =>
    rewired.length === 0
      ? childrenOf(topology, id)
      : [...childrenOf(topology, id), ...rewired.filter((each) => isMadeFrom(each, id))];
  const starts = [...ids];
  return new Set([...starts, ...reachable(starts, usersOf)]);
}

/** The cells that were asked for; where they were named, together with the ancestors that they need. */
export function wanted(state: SessionState, cells: readonly CellId[] | "all" | "stale"): ReadonlySet<CellId> {
  if (typeof cells === "string") {
    const chosen = state.cells.filter(
      (cell) => cell.analysis && (cells === "all" || (cell.cell.mode !== "manual" && outdated(cell))),
    );
    return idsOf(chosen);
  }
  const targets = new Set(cells.filter((id) => cellState(state, id)?.analysis));
  // A cached result is restored without its ancestors, and a restored cell may have ancestors without values.
  const needsNoAncestors = (id: CellId): boolean => {
    const cell = cellState(state, id);
    if (!cell) return false;
    return restorable(cell) || (!targets.has(id) && (alive(cell) || runsTopLevel(cell)) && !cell.stale);
  };
  const ancestors = reachable(targets, (id) => (needsNoAncestors(id) ? [] : parentsOf(state.topology, id)));
  return new Set([...targets, ...[...ancestors].filter((id) => isOutdated(cellState(state, id)))]);
}

function isOutdated(cell: CellState | undefined): boolean {
  return cell !== undefined && outdated(cell);
}

/**
 * The targets and their automatic descendants, and those parents of the descendants that the cache can restore.
 * @param follows which descendants may follow; a cell with the mode `once` follows only the first time
 */
export function following(state: SessionState, targets: ReadonlySet<CellId>, follows: Follows): ReadonlySet<CellId> {
  const { topology } = state;
  const chosen = new Set(targets);
  const canFollow = (id: CellId): boolean => {
    const cell = cellState(state, id);
    if (!cell || !topology.rank.has(id) || !follows(cell)) return false;
    const { mode } = cell.cell;
    if (mode !== "auto" && !(mode === "once" && cell.generation === 0)) return false;
    return parentsOf(topology, id).every((parent) => chosen.has(parent) || isAvailable(cellState(state, parent)));
  };
  // Iterating a set also visits what is added meanwhile.
  for (const from of chosen) {
    for (const id of childrenOf(topology, from)) {
      if (chosen.has(id) || !canFollow(id)) continue;
      chosen.add(id);
      for (const parent of parentsOf(topology, id)) if (!hasOrGetsValues(cellState(state, parent))) chosen.add(parent);
    }
  }
  return chosen;
}

/** The cell has values, will have them, or can have them from the cache. */
function isAvailable(cell: CellState | undefined): boolean {
  return cell !== undefined && (hasOrGetsValues(cell) || restorable(cell));
}
