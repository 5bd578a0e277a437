/**
 * From what was asked for to the cells that are queued. Running a cell ends its generation and those of all its
 * descendants first: automatic descendants are queued after it, manual ones are left stale.
 *
 * What a person runs is run. What a change would run by itself is left stale in a lazy notebook, and where the cells took
 * long when they ran last, the person is asked first: `asks` holds them until there is an answer.
 */

import type { DemandEvent } from "../events.ts";
import { reachable } from "../notebook/graph/graph.ts";
import type { CellId } from "../notebook/types.ts";
import type { InputValue } from "../values.ts";
import { consistent } from "./consistency.ts";
import {
  alive,
  childrenOf,
  costOf,
  occupies,
  outdated,
  parentsOf,
  resnapped,
  restorable,
  usersOf,
} from "./freshness.ts";
import { ended, streamsSeen } from "./generation.ts";
import { sameValue } from "./input-value.ts";
import type { CellState, SessionState } from "./state.ts";
import { cellState, withCell, withCells } from "./state.ts";

export function afterDemand(state: SessionState, event: DemandEvent): SessionState {
  switch (event.type) {
    case "run-asked":
      return asked(state, event.cells);
    case "stop-asked":
      return dequeued(state, event.cell);
    case "input-set":
      return afterInput(state, event.cell, event.name, event.value);
    case "ask-answered": {
      const { asks, ...rest } = state;
      return asks && event.run ? begun(rest, new Set(asks.cells)) : rest;
    }
  }
}

/** Runs what a person names. A fresh cell with a cache computes anew when it is named itself. */
function asked(state: SessionState, cells: readonly CellId[] | "all" | "stale"): SessionState {
  const targets = wanted(state, cells);
  const named = withCells(state, typeof cells === "string" ? [] : cells, (cell) =>
    alive(cell) && !cell.stale ? { ...cell, forced: true } : cell,
  );
  return begun(named, state.settings.lazy ? targets : following(state, targets, () => true));
}

/** Runs a cell whose cache was lost, with the ancestors that it needs. */
export function whatNeeds(state: SessionState, id: CellId): SessionState {
  return begun(
    state,
    following(state, wanted(state, [id]), () => false),
  );
}

/** Queues what a change runs by itself, or asks first. */
function automatic(state: SessionState, targets: ReadonlySet<CellId>, follows: Follows): SessionState {
  if (state.settings.lazy || targets.size === 0) return state;
  const cells = following(state, targets, follows);
  const cost = costOf(state, cells);
  if (state.settings.ask === "never" || cost.seconds <= state.settings.ask) return begun(state, cells);
  const all = new Set([...(state.asks?.cells ?? []), ...cells]);
  return { ...state, asks: { cells: [...all], ...costOf(state, all) } };
}

/** After files were read anew: runs the cells that use one that changed; those at work run again when they are through. */
export function fileUsers(before: SessionState, state: SessionState): SessionState {
  const changed = (cell: CellState): boolean =>
    cell.analysis?.files.some((file) => before.files[file]?.digest !== state.files[file]?.digest) ?? false;
  const users = state.cells.filter(
    (cell) => cell.cell.mode === "auto" && ranBefore(cell) && changed(cell) && cell.ranWith !== cell.snapshot,
  );
  const atWork = new Set(users.flatMap(({ cell, status }) => (status === "running" ? [cell.id] : [])));
  const idle = users.filter(
    ({ cell, status }) => !atWork.has(cell.id) && (status === "done" || status === "failed" || status === "blocked"),
  );
  const marked = withCells(state, atWork, (cell) => ({ ...cell, again: true }));
  return automatic(marked, idsOf(idle), ranBefore);
}

/**
 * After a value of a stream, or the end of a cell: runs what has something newer to see and is not at work. What a stream
 * runs was run by a person before, so it asks nothing.
 * @param before a state that is consistent. @param id the cell that gave the value or ended.
 */
export function followed(before: SessionState, state: SessionState, id: CellId): SessionState {
  const cell = cellState(state, id);
  const streaming = state.streaming.some((each) => cellState(state, each)?.streams);
  if (!cell || !(cell.again || streaming)) return state;
  const busy = ({ status }: CellState): boolean => status === "running" || status === "queued";
  const idle = (each: CellState): boolean => each.cell.mode === "auto" && !busy(each) && ranBefore(each);
  const next = consistent(before, cell.again && idle(cell) ? repeated(consistent(before, state), id) : state);
  const isBusy = (each: CellId): boolean => {
    const found = cellState(next, each);
    return found !== undefined && busy(found);
  };
  if (state.settings.lazy || !streaming) return next;
  const behind = next.cells.filter(
    (each) =>
      idle(each) &&
      (each.status === "done" || each.status === "failed") &&
      isBehind(each, streamsSeen(next, each)) &&
      ![...withDescendants(next, [each.cell.id])].some(isBusy),
  );
  return behind.length === 0 ? next : begun(next, following(next, idsOf(behind), ranBefore));
}

/** A file that the cell uses changed while it ran. */
function repeated(state: SessionState, id: CellId): SessionState {
  const free = withCell(state, id, ({ again: _, ...cell }) => cell);
  const cell = cellState(free, id);
  return cell?.stale && cell.status !== "stopped" ? automatic(free, new Set([id]), ranBefore) : free;
}

function isBehind({ seen }: CellState, now: Readonly<Record<string, number>> | undefined): boolean {
  return Object.entries(now ?? {}).some(([name, count]) => (seen?.[name] ?? 0) < count);
}

function idsOf(cells: readonly CellState[]): ReadonlySet<CellId> {
  return new Set(cells.map(({ cell }) => cell.id));
}

type Follows = (cell: CellState) => boolean;
const ranBefore: Follows = (cell) => cell.generation > 0;

/** The cells together with all that were made from them, by the notebook as it stands and as it stood when they ran. */
export function withDescendants(state: SessionState, ids: Iterable<CellId>): ReadonlySet<CellId> {
  const { topology, strays } = state;
  const strayed = (id: CellId): CellId[] => strays.filter((each) => cellState(state, each)?.madeFrom?.includes(id));
  const next = (id: CellId): readonly CellId[] =>
    strays.length === 0 ? childrenOf(topology, id) : [...childrenOf(topology, id), ...strayed(id)];
  const from = [...ids];
  return new Set([...from, ...reachable(from, next)]);
}

/** The explicit targets. Cells asked for by name bring the ancestors that they need. */
function wanted(state: SessionState, cells: readonly CellId[] | "all" | "stale"): ReadonlySet<CellId> {
  if (typeof cells === "string") {
    const chosen = state.cells.filter(
      (cell) => cell.analysis && (cells === "all" || (cell.cell.mode !== "manual" && outdated(cell))),
    );
    return idsOf(chosen);
  }
  const targets = new Set(cells.filter((id) => cellState(state, id)?.analysis));
  // What the cache holds is restored without its ancestors, and what came from there may stand without them.
  const lone = (id: CellId): boolean => {
    const cell = cellState(state, id);
    if (!cell) return false;
    return restorable(cell) || (!targets.has(id) && (alive(cell) || occupies(cell)) && !cell.stale);
  };
  const above = reachable(targets, (id) => (lone(id) ? [] : parentsOf(state.topology, id)));
  return new Set([...targets, ...[...above].filter((id) => isOutdated(cellState(state, id)))]);
}

function isOutdated(cell: CellState | undefined): boolean {
  return cell !== undefined && outdated(cell);
}

/**
 * The targets and the automatic descendants that can follow, with the parents that the cache gives and what follows those;
 * `follows` narrows the descendants. A cell that runs once follows once.
 */
function following(state: SessionState, targets: ReadonlySet<CellId>, follows: Follows): ReadonlySet<CellId> {
  const { topology } = state;
  const chosen = new Set(targets);
  const can = (id: CellId): boolean => {
    const cell = cellState(state, id);
    if (!cell || !topology.rank.has(id) || !follows(cell)) return false;
    const { mode } = cell.cell;
    if (mode !== "auto" && !(mode === "once" && cell.generation === 0)) return false;
    return parentsOf(topology, id).every((parent) => chosen.has(parent) || has(cellState(state, parent)));
  };
  // A set gives what is added while it is gone through, too.
  for (const from of chosen) {
    for (const id of childrenOf(topology, from)) {
      if (chosen.has(id) || !can(id)) continue;
      chosen.add(id);
      for (const parent of parentsOf(topology, id)) if (!isThere(cellState(state, parent))) chosen.add(parent);
    }
  }
  return chosen;
}

/** Ends what is to run, with all that was made from it, and queues it. */
function begun(state: SessionState, chosen: ReadonlySet<CellId>): SessionState {
  return withCells(ended(state, withDescendants(state, chosen)), chosen, (cell) =>
    cell.status === "queued" ? cell : { ...cell, status: "queued" },
  );
}

/** It has values, or will have them without being asked again. */
function has(cell: CellState | undefined): boolean {
  return cell !== undefined && (isThere(cell) || restorable(cell));
}

function isThere(cell: CellState | undefined): boolean {
  return cell !== undefined && (alive(cell) || occupies(cell) || cell.status === "queued");
}

/** What runs is stopped by the kernel and ends by its own event; what waits leaves the queue, with all that waits for it. */
function dequeued(state: SessionState, id: CellId | undefined): SessionState {
  const leaving = id === undefined ? state.places.keys() : withDescendants(state, [id]);
  return withCells(state, leaving, (cell) => {
    if (cell.status !== "queued") return cell;
    const { forced: _, ...kept } = cell;
    return { ...kept, status: "idle" };
  });
}

/** A constant's change re-runs the automatic cells that refer to that name and ran before; a live one's, nobody. */
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
