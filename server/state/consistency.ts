/**
 * Brings `stale`, `blocked` and hopeless places in the queue in line with everything else; this ends every reduction.
 * Mostly an event changed one cell, and then one cell is looked at, and those that wait for it. Only where the notebook's
 * structure moved, or a cause for cells not to run, all are.
 */
import type { CellId } from "../notebook/types.ts";
import { blockersOf, movesBlockers, sameBlocker } from "./blockers.ts";
import { alive, childrenOf, costOf, occupies, parentsOf, restorable } from "./freshness.ts";
import type { CellState, SessionState } from "./state.ts";
import { cellState } from "./state.ts";

/** @param before the state before the event, which is consistent. */
export function consistent(before: SessionState, state: SessionState): SessionState {
  const { changed } = state;
  if (changed === "any") return recomputed(state);
  if (changed.some((id) => movesBlockers(state, cellState(before, id), cellState(state, id)))) return recomputed(state);
  return stillAsking(inLine(state, withChildren(state, changed)));
}

function withChildren({ topology }: SessionState, ids: readonly CellId[]): CellId[] {
  const all = [...ids];
  for (const id of ids) all.push(...childrenOf(topology, id));
  return all;
}

/** The same from nothing but what does not follow from the rest. */
export function recomputed(state: SessionState): SessionState {
  const blocked = { ...state, blockers: blockersOf(state) };
  return stillAsking(
    inLine(
      blocked,
      state.cells.map(({ cell }) => cell.id),
    ),
  );
}

/** Looks at cells, and where one leaves the queue at those that wait for it, too. */
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

/** Whether all that a queued cell waits for is there, at work or queued itself. */
function comesUp(state: SessionState, cell: CellState): boolean {
  if (!state.topology.rank.has(cell.cell.id)) return false;
  return restorable(cell) || parentsOf(state.topology, cell.cell.id).every((id) => isComing(cellState(state, id)));
}

function isComing(cell: CellState | undefined): boolean {
  return cell !== undefined && (alive(cell) || occupies(cell) || cell.status === "queued");
}

function judged(state: SessionState, cell: CellState): CellState {
  const { blockers } = state;
  const kept = cell.ranWith === undefined && restorable(cell);
  const stale = cell.generation > 0 && cell.ranWith !== cell.snapshot && !kept;
  let status = cell.status;
  if (status === "idle" || status === "queued" || status === "blocked") {
    if (blockers.has(cell.cell.id)) status = "blocked";
    else if (status === "blocked" || (status === "queued" && !comesUp(state, cell))) status = "idle";
  }
  const blocker = status === "blocked" ? blockers.get(cell.cell.id) : undefined;
  if (stale === cell.stale && status === cell.status && sameBlocker(blocker, cell.blocker)) return cell;
  const { blocker: _, ...rest } = cell;
  return { ...rest, stale, status, ...(blocker && { blocker }) };
}

/** What is fresh again, or runs, or is gone, need not be asked about. */
function stillAsking(state: SessionState): SessionState {
  if (!state.asks) return state;
  const { asks, ...rest } = state;
  const cells = asks.cells.filter((id) => {
    const cell = cellState(state, id);
    return cell?.stale && cell.status !== "queued";
  });
  if (cells.length === asks.cells.length) return state;
  return cells.length === 0 ? rest : { ...rest, asks: { cells, ...costOf(state, new Set(cells)) } };
}
