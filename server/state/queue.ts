/** The queue: cells enter it to run, and leave it when they are stopped. A cell enters with its old values ended. */
import type { CellId } from "../notebook/types.ts";
import { inPhase } from "./cell-state.ts";
import { runsTopLevel } from "./freshness.ts";
import { ended } from "./kernel-events.ts";
import { cellState, type SessionState, withCells } from "./state.ts";
import { following, wanted, withDescendants } from "./targets.ts";

/**
 * Ends the generations of these cells and of all cells made from them, and queues the cells.
 * @param renewed the cells that must compute, even if the cache has their result
 */
export function queued(
  state: SessionState,
  ids: ReadonlySet<CellId>,
  renewed: ReadonlySet<CellId> = new Set(),
): SessionState {
  return withCells(ended(state, withDescendants(state, ids)), ids, (cell) => {
    const renew = renewed.has(cell.cell.id);
    return cell.status === "queued" && !renew ? cell : inPhase(cell, { status: "queued", renew });
  });
}

/** Queues a cell whose cached result was lost, together with the ancestors that it needs. What waits for it, or has just begun, follows. */
export function queuedWithAncestors(state: SessionState, id: CellId): SessionState {
  const needed = following(state, wanted(state, [id]), () => false);
  const waiting = [...withDescendants(state, needed)].filter((each) => {
    const cell = cellState(state, each);
    return cell && (cell.status === "queued" || runsTopLevel(cell));
  });
  return queued(state, new Set([...needed, ...waiting]));
}

/**
 * Takes a cell and the cells that wait for it out of the queue, or all cells. Running cells are not touched: the kernel
 * stops them, and they end by their own event.
 */
export function dequeued(state: SessionState, id: CellId | undefined): SessionState {
  const leaving = id === undefined ? state.places.keys() : withDescendants(state, [id]);
  return withCells(state, leaving, (cell) => (cell.status === "queued" ? inPhase(cell, { status: "idle" }) : cell));
}
