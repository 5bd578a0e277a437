/**
 * The last step of every reduction: brings `stale`, `blocked` and the queue in line with the rest of the state. Most events
 * change one cell; then only that cell and the cells that depend on it are checked. All cells are checked only if the
 * structure of the notebook changed, or if a cell became able or unable to run.
 */
import type { CellId } from "../notebook/types.ts";
import { blockersOf, changesBlockers, sameBlocker } from "./blockers.ts";
import type { CellState, Phase } from "./cell-state.ts";
import { inPhase } from "./cell-state.ts";
import { childrenOf, costOf, hasOrGetsValues, isRewired, parentsOf, ranWith, restorable } from "./freshness.ts";
import type { SessionState } from "./state.ts";
import { cellState, withPending } from "./state.ts";

/** @param before the state before the event, which is consistent. */
export function consistent(before: SessionState, state: SessionState): SessionState {
  const { changed } = state;
  if (changed === "any") return recomputed(state);
  if (changed.some((id) => changesBlockers(state, cellState(before, id), cellState(state, id))))
    return recomputed(state);
  return prunePending(checked(state, withChildren(state, changed)));
}

function withChildren({ topology }: SessionState, ids: readonly CellId[]): CellId[] {
  const all = [...ids];
  for (const id of ids) all.push(...childrenOf(topology, id));
  return all;
}

/** The same, computed for all cells. */
export function recomputed(state: SessionState): SessionState {
  const blocked = { ...state, blockers: blockersOf(state) };
  return prunePending(
    checked(
      blocked,
      state.cells.map(({ cell }) => cell.id),
    ),
  );
}

/** Checks these cells; where one changes its status, also the cells that depend on it. */
function checked(state: SessionState, ids: readonly CellId[]): SessionState {
  let next = state;
  let cells: CellState[] | undefined;
  const changed: CellId[] = [];
  const toCheck = [...ids];
  // Iterating a list also visits what is added meanwhile.
  for (const id of toCheck) {
    const cell = cellState(next, id);
    const updated = cell && checkedCell(next, cell);
    if (!updated || updated === cell) continue;
    if (!cells) {
      cells = state.cells.slice();
      next = { ...state, cells };
    }
    cells[state.places.get(id)!] = updated;
    changed.push(id);
    if (updated.status !== cell.status) toCheck.push(...childrenOf(state.topology, id));
  }
  if (!cells || state.changed === "any") return next;
  return { ...next, changed: [...state.changed, ...changed] };
}

/** Whether every parent of a queued cell has values, is running, or is queued itself. */
function canComeToRun(state: SessionState, cell: CellState): boolean {
  if (!state.topology.rank.has(cell.cell.id)) return false;
  return (
    restorable(cell) || parentsOf(state.topology, cell.cell.id).every((id) => hasOrGetsValues(cellState(state, id)))
  );
}

function checkedCell(state: SessionState, cell: CellState): CellState {
  const restores = cell.values.kind === "none" && restorable(cell);
  const differs = ranWith(cell) !== cell.snapshot || isRewired(state, cell.cell.id);
  const stale = cell.generation > 0 && differs && !restores;
  const phase = waitingPhase(state, cell);
  if (!phase) return stale === cell.stale ? cell : { ...cell, stale };
  return { ...inPhase(cell, phase), stale };
}

/** The new phase of a cell that is not running; undefined where the old one is still right. */
function waitingPhase(state: SessionState, cell: CellState): Phase | undefined {
  if (cell.status !== "idle" && cell.status !== "queued" && cell.status !== "blocked") return undefined;
  const blocker = state.blockers.get(cell.cell.id);
  if (blocker)
    return cell.status === "blocked" && sameBlocker(blocker, cell.blocker) ? undefined : { status: "blocked", blocker };
  const becomesIdle = cell.status === "blocked" || (cell.status === "queued" && !canComeToRun(state, cell));
  return becomesIdle ? { status: "idle" } : undefined;
}

/** Removes from `pending` the cells that are fresh again, queued or removed. */
function prunePending(state: SessionState): SessionState {
  const { pending } = state;
  if (!pending) return state;
  const cells = pending.cells.filter((id) => {
    const cell = cellState(state, id);
    return cell?.stale && cell.status !== "queued";
  });
  if (cells.length === pending.cells.length) return state;
  return withPending(state, cells.length === 0 ? undefined : { cells, ...costOf(state, new Set(cells)) });
}
