/**
 * The cells that run by themselves: after an input changed, after a project file changed, after a stream gave a value.
 * In a lazy notebook, and before a user ran something, they only become stale. If they are expensive, the user is asked
 * first: `pending` of the state holds them until there is an answer.
 */
import type { CellId } from "../notebook/types.ts";
import { streamsRead } from "./cell-events.ts";
import { type CellState, heldValues } from "./cell-state.ts";
import { consistent } from "./consistency.ts";
import { costOf, ranWith } from "./freshness.ts";
import { queued } from "./queue.ts";
import { cellState, type SessionState, withCells, withPending } from "./state.ts";
import { following, idsOf, ranBefore, withDescendants } from "./targets.ts";

/** Queues the cells that a change runs by itself with their descendants that ran before, or asks first if they are expensive. */
export function queuedByChange(state: SessionState, targets: ReadonlySet<CellId>): SessionState {
  if (state.settings.lazy || !state.userRan || targets.size === 0) return state;
  const cells = following(state, targets, ranBefore);
  const cost = costOf(state, cells);
  if (state.settings.ask === "never" || cost.seconds <= state.settings.ask) return queued(state, cells);
  const all = new Set([...(state.pending?.cells ?? []), ...cells]);
  return withPending(state, { cells: [...all], ...costOf(state, all) });
}

/** After project files were read again: runs the cells that use a changed one. Those that are running run again when they are done. */
export function afterFilesChanged(before: SessionState, state: SessionState): SessionState {
  const usesChangedFile = (cell: CellState): boolean =>
    cell.analysis?.files.some((file) => before.files[file]?.digest !== state.files[file]?.digest) ?? false;
  const users = state.cells.filter(
    (cell) => cell.cell.mode === "auto" && ranBefore(cell) && usesChangedFile(cell) && ranWith(cell) !== cell.snapshot,
  );
  const running = users.flatMap(({ cell, status }) => (status === "running" ? [cell.id] : []));
  const idle = users.filter(({ status }) => status === "done" || status === "failed" || status === "blocked");
  const marked = withCells(state, running, (cell) => (cell.status === "running" ? { ...cell, rerun: true } : cell));
  return queuedByChange(marked, idsOf(idle));
}

/**
 * After a stream gave a value, or after a cell ended: runs the idle cells for which a stream has a newer value than the one
 * that they read. It does not ask about the cost, since a user ran those cells before.
 * @param before a consistent state
 * @param id the cell that gave the value or ended
 */
export function afterStreamOrEnd(before: SessionState, state: SessionState, id: CellId): SessionState {
  const cell = cellState(state, id);
  const old = cellState(before, id);
  const rerun = old?.status === "running" && old.rerun;
  const hasStreams = state.streamCells.some((each) => streamsOf(cellState(state, each)) !== undefined);
  if (!cell || !(rerun || hasStreams)) return state;
  const isIdle = (each: CellState): boolean => each.cell.mode === "auto" && !isBusy(each) && ranBefore(each);
  const next = consistent(before, rerun && isIdle(cell) ? rerunIfStale(consistent(before, state), id) : state);
  if (state.settings.lazy || !hasStreams) return next;
  const behind = next.cells.filter(
    (each) =>
      isIdle(each) &&
      (each.status === "done" || each.status === "failed") &&
      isBehind(each, streamsRead(next, each)) &&
      ![...withDescendants(next, [each.cell.id])].some((descendant) => isBusy(cellState(next, descendant))),
  );
  return behind.length === 0 ? next : queued(next, following(next, idsOf(behind), ranBefore));
}

function isBusy(cell: CellState | undefined): boolean {
  return cell?.status === "running" || cell?.status === "queued";
}

function streamsOf(cell: CellState | undefined): Readonly<Record<string, number>> | undefined {
  return cell && heldValues(cell)?.streams;
}

/** A file that the cell uses changed while it ran. */
function rerunIfStale(state: SessionState, id: CellId): SessionState {
  const cell = cellState(state, id);
  return cell?.stale && cell.status !== "stopped" ? queuedByChange(state, new Set([id])) : state;
}

function isBehind(cell: CellState, now: Readonly<Record<string, number>> | undefined): boolean {
  const read = heldValues(cell)?.streamsRead;
  return Object.entries(now ?? {}).some(([name, count]) => (read?.[name] ?? 0) < count);
}
