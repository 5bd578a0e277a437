/**
 * Makes `stale`, `blocked` and the queue agree with everything else; this ends every reduction. Most events change one
 * cell: then only that cell and the cells that wait for it are checked. All cells are checked only if the notebook's
 * structure changed, or a reason why cells cannot run.
 */
import type { CellId } from "../notebook/types.ts";
import { blockersOf, movesBlockers, sameBlocker } from "./blockers.ts";
import { alive, childrenOf, costOf, occupies, parentsOf, ranWith, restorable } from "./freshness.ts";
import type { CellState, Phase, SessionState } from "./state.ts";
import { cellState, inPhase, withPending } from "./state.ts";

/** @param before the state before the event, which is consistent. */
export function consistent(before: SessionState, state: SessionState): SessionState {
  const { changed } = state;
  if (changed === "any") return recomputed(state);
  if (changed.some((id) => movesBlockers(state, cellState(before, id), cellState(state, id)))) return recomputed(state);
  return stillPending(inLine(state, withChildren(state, changed)));
}

function withChildren({ topology }: SessionState, ids: readonly CellId[]): CellId[] {
  const all = [...ids];
  for (const id of ids) all.push(...childrenOf(topology, id));
  return all;
}

/** The same, computed for all cells. */
export function recomputed(state: SessionState): SessionState {
  const blocked = { ...state, blockers: blockersOf(state) };
  return stillPending(
    inLine(
      blocked,
      state.cells.map(({ cell }) => cell.id),
    ),
  );
}

/** Checks these cells; if one changes its status, also the cells that wait for it. */
function inLine(state: SessionState, ids: readonly CellId[]): SessionState {
  let next = state;
  let cells: CellState[] | undefined;
  const changed: CellId[] = [];
  const open = [...ids];
  for (const id of open) {
    const cell = cellState(next, id);
    const seen = cell && judged(next, cell);
    if (!seen || seen === cell) continue;
    if (!cells) {
      cells = state.cells.slice();
      next = { ...state, cells };
    }
    cells[state.places.get(id)!] = seen;
    changed.push(id);
    if (seen.status !== cell.status) open.push(...childrenOf(state.topology, id));
  }
  if (!cells || state.changed === "any") return next;
  return { ...next, changed: [...state.changed, ...changed] };
}

/** Whether every parent of a queued cell has values, is running, or is queued itself. */
function comesUp(state: SessionState, cell: CellState): boolean {
  if (!state.topology.rank.has(cell.cell.id)) return false;
  return restorable(cell) || parentsOf(state.topology, cell.cell.id).every((id) => isComing(cellState(state, id)));
}

function isComing(cell: CellState | undefined): boolean {
  return cell !== undefined && (alive(cell) || occupies(cell) || cell.status === "queued");
}

function judged(state: SessionState, cell: CellState): CellState {
  const restores = cell.values.kind === "none" && restorable(cell);
  const stale = cell.generation > 0 && ranWith(cell) !== cell.snapshot && !restores;
  const phase = waitingPhase(state, cell);
  if (!phase) return stale === cell.stale ? cell : { ...cell, stale };
  return { ...inPhase(cell, phase), stale };
}

/** The phase of a cell that is not at work, where it has to change. */
function waitingPhase(state: SessionState, cell: CellState): Phase | undefined {
  if (cell.status !== "idle" && cell.status !== "queued" && cell.status !== "blocked") return undefined;
  const blocker = state.blockers.get(cell.cell.id);
  if (blocker)
    return cell.status === "blocked" && sameBlocker(blocker, cell.blocker) ? undefined : { status: "blocked", blocker };
  const leaves = cell.status === "blocked" || (cell.status === "queued" && !comesUp(state, cell));
  return leaves ? { status: "idle" } : undefined;
}

/** Cells that are fresh again, queued or gone do not wait for an answer any more. */
function stillPending(state: SessionState): SessionState {
  const { pending } = state;
  if (!pending) return state;
  const cells = pending.cells.filter((id) => {
    const cell = cellState(state, id);
    return cell?.stale && cell.status !== "queued";
  });
  if (cells.length === pending.cells.length) return state;
  return withPending(state, cells.length === 0 ? undefined : { cells, ...costOf(state, new Set(cells)) });
}
