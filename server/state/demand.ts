/**
 * Turns what was asked for into queued cells. Running a cell first ends its generation and those of all its descendants.
 * Automatic descendants are queued after it; manual ones stay stale.
 *
 * What a user runs, runs. What a change would run by itself stays stale in a lazy notebook; if it is expensive, the user is
 * asked first, and `pending` holds the cells until there is an answer.
 */
import type { DemandEvent } from "../events.ts";
import type { CellId } from "../notebook/types.ts";
import type { InputValue } from "../values.ts";
import { streamsRead } from "./cell-events.ts";
import { consistent } from "./consistency.ts";
import { alive, costOf, ranWith, resnapped, usersOf } from "./freshness.ts";
import { sameValue } from "./input-value.ts";
import { ended } from "./kernel-events.ts";
import {
  type CellState,
  cellState,
  heldValues,
  inPhase,
  type SessionState,
  withCell,
  withCells,
  withPending,
} from "./state.ts";
import { type Follows, following, idsOf, ranBefore, wanted, withDescendants } from "./targets.ts";

export function afterDemand(state: SessionState, event: DemandEvent): SessionState {
  switch (event.type) {
    case "run-asked":
      return asked({ ...state, userRan: true }, event.cells);
    case "stop-asked":
      return dequeued(state, event.cell);
    case "input-set":
      return afterInput(state, event.cell, event.name, event.value);
    case "ask-answered": {
      const { pending } = state;
      const answered = withPending(state, undefined);
      return pending && event.run ? queued(answered, new Set(pending.cells)) : answered;
    }
  }
}

/** Runs what the user names. A fresh cell with a cached result computes again if the user named it. */
function asked(state: SessionState, cells: readonly CellId[] | "all" | "stale"): SessionState {
  const targets = wanted(state, cells);
  const fresh = typeof cells === "string" ? [] : cells.filter((id) => isFresh(cellState(state, id)));
  const chosen = state.settings.lazy ? targets : following(state, targets, () => true);
  return queued(state, chosen, new Set(fresh));
}

function isFresh(cell: CellState | undefined): boolean {
  return cell !== undefined && alive(cell) && !cell.stale;
}

/** Runs a cell whose cached result was lost, with the ancestors that it needs. */
export function whatNeeds(state: SessionState, id: CellId): SessionState {
  return queued(
    state,
    following(state, wanted(state, [id]), () => false),
  );
}

/** Queues the cells that a change runs by itself, or asks first if they are expensive. Nothing runs by itself before a user ran something. */
function automatic(state: SessionState, targets: ReadonlySet<CellId>, follows: Follows): SessionState {
  if (state.settings.lazy || !state.userRan || targets.size === 0) return state;
  const cells = following(state, targets, follows);
  const cost = costOf(state, cells);
  if (state.settings.ask === "never" || cost.seconds <= state.settings.ask) return queued(state, cells);
  const all = new Set([...(state.pending?.cells ?? []), ...cells]);
  return withPending(state, { cells: [...all], ...costOf(state, all) });
}

/** After project files were read again: runs the cells that use a changed one. Those that are running run again when they are done. */
export function fileUsers(before: SessionState, state: SessionState): SessionState {
  const changed = (cell: CellState): boolean =>
    cell.analysis?.files.some((file) => before.files[file]?.digest !== state.files[file]?.digest) ?? false;
  const users = state.cells.filter(
    (cell) => cell.cell.mode === "auto" && ranBefore(cell) && changed(cell) && ranWith(cell) !== cell.snapshot,
  );
  const running = users.flatMap(({ cell, status }) => (status === "running" ? [cell.id] : []));
  const idle = users.filter(({ status }) => status === "done" || status === "failed" || status === "blocked");
  const marked = withCells(state, running, (cell) => (cell.status === "running" ? { ...cell, rerun: true } : cell));
  return automatic(marked, idsOf(idle), ranBefore);
}

/**
 * After a value of a stream, or the end of a cell: runs the cells that have something newer to read and are not running. It
 * does not ask about the cost, since a user ran those cells before.
 * @param before a consistent state
 * @param id the cell that gave the value or ended
 */
export function followed(before: SessionState, state: SessionState, id: CellId): SessionState {
  const cell = cellState(state, id);
  const old = cellState(before, id);
  const rerun = old?.status === "running" && old.rerun;
  const streaming = state.streaming.some((each) => streamsOf(cellState(state, each)) !== undefined);
  if (!cell || !(rerun || streaming)) return state;
  const idle = (each: CellState): boolean => each.cell.mode === "auto" && !isBusy(each) && ranBefore(each);
  const next = consistent(before, rerun && idle(cell) ? repeated(consistent(before, state), id) : state);
  if (state.settings.lazy || !streaming) return next;
  const behind = next.cells.filter(
    (each) =>
      idle(each) &&
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
function repeated(state: SessionState, id: CellId): SessionState {
  const cell = cellState(state, id);
  return cell?.stale && cell.status !== "stopped" ? automatic(state, new Set([id]), ranBefore) : state;
}

function isBehind(cell: CellState, now: Readonly<Record<string, number>> | undefined): boolean {
  const read = heldValues(cell)?.streamsRead;
  return Object.entries(now ?? {}).some(([name, count]) => (read?.[name] ?? 0) < count);
}

/**
 * Ends the generations of these cells and of all cells made from them, and queues the cells.
 * @param renewed the cells that must compute, even if the cache has their result
 */
function queued(
  state: SessionState,
  chosen: ReadonlySet<CellId>,
  renewed: ReadonlySet<CellId> = new Set(),
): SessionState {
  return withCells(ended(state, withDescendants(state, chosen)), chosen, (cell) => {
    const renew = renewed.has(cell.cell.id);
    return cell.status === "queued" && !renew ? cell : inPhase(cell, { status: "queued", renew });
  });
}

/** Queued cells leave the queue, with all cells that wait for them. Running cells are stopped by the kernel and end by their own event. */
function dequeued(state: SessionState, id: CellId | undefined): SessionState {
  const leaving = id === undefined ? state.places.keys() : withDescendants(state, [id]);
  return withCells(state, leaving, (cell) => (cell.status === "queued" ? inPhase(cell, { status: "idle" }) : cell));
}

/** A change of an input runs the automatic cells that use its constant and ran before. A change of a live input runs nothing. */
function afterInput(state: SessionState, id: CellId, name: string, value: InputValue): SessionState {
  const declaring = cellState(state, id);
  const input = declaring?.inputs.find((each) => each.name === name);
  const stored = { ...state, inputValues: { ...state.inputValues, [name]: value } };
  if (!declaring || !input || sameValue(input.value, value)) return resnapped(stored, [name]);
  const set = withCell(stored, id, (cell) => ({
    ...cell,
    inputs: cell.inputs.map((each) => (each.name === name ? { ...each, value } : each)),
  }));
  const next = resnapped(set, [name]);
  if (input.live || !alive(declaring)) return next;
  if (!declaring.analysis?.inputs.some((each) => each.name === name)) return automatic(next, new Set([id]), ranBefore);
  const users = usersOf(next, id, name).filter((user) => {
    const cell = cellState(next, user);
    return cell?.cell.mode === "auto" && ranBefore(cell);
  });
  return automatic(next, new Set(users), ranBefore);
}
