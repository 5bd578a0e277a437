/**
 * What the kernel must be told so that it follows the state. After every event the plan compares the state with the one
 * that the kernel was last brought in line with, so no order of events can leave the two apart, and what did not change
 * costs nothing. Old generations are ended before anything new begins, descendants first. A cell begins as soon as the top
 * levels that it depends on are through, so one that waits for a training holds up nobody but its own dependents; those
 * that are ready begin in topological order.
 */
import type { ToKernel } from "../messages.ts";
import { flagged } from "../notebook/source/head.ts";
import type { CellId } from "../notebook/types.ts";
import type { InputValue } from "../values.ts";
import { alive, parentsOf, restorable } from "./freshness.ts";
import { sameValue } from "./input-value.ts";
import { type CellState, cellState, heldValues, type SessionState } from "./state.ts";

/** What the kernel holds, as far as it was told and has told. */
export type KernelView = {
  readonly process: "none" | "starting" | "ready";
  /** The state that it was last brought in line with: it holds the generations that are current there. None yet where absent. */
  readonly seen?: SessionState;
  /** The cells that are queued there, in topological order. */
  readonly queue: readonly CellId[];
  /** Values of inputs, by `inputKey`. */
  readonly inputs: ReadonlyMap<string, InputValue>;
};

export type Action = { readonly type: "start-kernel" } | ToKernel;

export const NO_KERNEL: KernelView = { process: "none", queue: [], inputs: new Map() };

export function inputKey(cell: CellId, name: string): string {
  return `${cell}/${name}`;
}

/** @returns what to do next, empty when there is nothing to do but wait, and what the kernel holds when that is done. */
export function plan(
  state: SessionState,
  view: KernelView,
): { readonly actions: readonly Action[]; readonly view: KernelView } {
  const changes = changesSince(view.seen, state);
  const over = overIn(changes);
  const kept = over.length === 0 || view.inputs.size === 0 ? view.inputs : without(view.inputs, over);
  const told = changes.flatMap(({ now }) => newValues(now, kept));
  const inputs =
    told.length === 0 ? kept : new Map([...kept, ...told.map(([key, { value }]) => [key, value] as const)]);
  const queue = queueOf(state, view, changes);
  const ready = queue.filter((id) => isReady(state, id));
  const actions: Action[] = over.length === 0 ? [] : [{ type: "end", cells: over }];
  for (const [, input] of told) actions.push(input);
  const next = { process: view.process, seen: state, queue, inputs };
  if (ready.length === 0 || view.process === "starting") return { actions, view: next };
  if (view.process === "none") {
    actions.push({ type: "start-kernel" });
    return { actions, view: { ...next, process: "starting" } };
  }
  for (const id of ready) actions.push(execution(state, cellState(state, id)!));
  return { actions, view: next };
}

type Change = { readonly old: CellState | undefined; readonly now: CellState | undefined };
const NOTHING: readonly Change[] = [];

function changesSince(before: SessionState | undefined, state: SessionState): readonly Change[] {
  if (before?.cells === state.cells) return NOTHING;
  const changes: Change[] = [];
  if (before && before.seq + 1 === state.seq && state.changed !== "any") {
    for (const id of new Set(state.changed)) changes.push({ old: cellState(before, id), now: cellState(state, id) });
    return changes;
  }
  if (before?.places === state.places) {
    for (let place = 0; place < state.cells.length; place += 1) {
      const old = before.cells[place];
      const now = state.cells[place];
      if (old !== now) changes.push({ old, now });
    }
    return changes;
  }
  for (const old of before?.cells ?? []) changes.push({ old, now: cellState(state, old.cell.id) });
  for (const now of state.cells) if (!before || !cellState(before, now.cell.id)) changes.push({ old: undefined, now });
  return changes;
}

function holds(cell: CellState | undefined): cell is CellState {
  return cell?.values.kind === "in-kernel";
}

const orderOf = (cell: CellState): number => heldValues(cell)?.order ?? 0;

/** Cells whose generations are to end, the latest first: descendants before what they were made from. */
function overIn(changes: readonly Change[]): readonly CellId[] {
  const over: CellState[] = [];
  for (const { old, now } of changes) {
    if (holds(old) && !(holds(now) && now.generation === old.generation)) over.push(old);
  }
  return over.sort((a, b) => orderOf(b) - orderOf(a)).map(({ cell }) => cell.id);
}

function isReady(state: SessionState, id: CellId): boolean {
  const cell = cellState(state, id);
  if (!cell) return false;
  return restorable(cell) || parentsOf(state.topology, id).every((parent) => isAlive(state, parent));
}

function isAlive(state: SessionState, id: CellId): boolean {
  const cell = cellState(state, id);
  return cell !== undefined && alive(cell);
}

function without(inputs: KernelView["inputs"], cells: readonly CellId[]): KernelView["inputs"] {
  return new Map([...inputs].filter(([key]) => !cells.some((id) => key.startsWith(`${id}/`))));
}

/** Inputs whose value is not what the kernel has, by their keys. */
function newValues(
  cell: CellState | undefined,
  known: KernelView["inputs"],
): (readonly [string, Extract<ToKernel, { readonly type: "input" }>])[] {
  if (!holds(cell) || cell.inputs.length === 0) return [];
  const { id } = cell.cell;
  return cell.inputs.flatMap(({ name, value, generation }) => {
    const key = inputKey(id, name);
    if (generation !== cell.generation || sameValue(known.get(key), value)) return [];
    return [[key, { type: "input", cell: id, name, value }] as const];
  });
}

function queueOf(state: SessionState, { seen, queue }: KernelView, changes: readonly Change[]): readonly CellId[] {
  const { rank } = state.topology;
  if (seen?.topology.rank !== rank) return [...rank.keys()].filter((id) => isQueued(cellState(state, id)));
  const moved = changes.filter(({ old, now }) => isQueued(old) !== isQueued(now));
  if (moved.length === 0) return queue;
  const come = moved.flatMap(({ now }) => (now && isQueued(now) ? [now.cell.id] : []));
  const staying = queue.filter((id) => isQueued(cellState(state, id)));
  if (come.length === 0) return staying;
  return [...staying, ...come].sort((a, b) => rank.get(a)! - rank.get(b)!);
}

function isQueued(cell: CellState | undefined): boolean {
  return cell?.status === "queued";
}

function execution(state: SessionState, next: CellState): Action {
  const { cell, generation, snapshot } = next;
  const renew = next.status === "queued" && next.renew;
  const files = next.analysis?.files ?? [];
  // A cell that runs on values of a stale parent is itself not what the notebook says.
  const sound = parentsOf(state.topology, cell.id).every((id) => isAlive(state, id) && !cellState(state, id)?.stale);
  const interrupted = Object.values(state.runs)
    .filter(({ info, status }) => status === "interrupted" && info.cell === cell.id && info.snapshot === snapshot)
    .map(({ info }) => info.id);
  return {
    type: "execute",
    cell: cell.id,
    generation: generation + 1,
    snapshot: sound || restorable(next) ? snapshot : `${snapshot}*`,
    source: cell.source,
    inputs: state.inputValues,
    ...(interrupted.length > 0 && { interrupted }),
    files: Object.fromEntries(files.map((module) => [module, state.files[module]?.digest ?? ""])),
    ...(flagged(cell, "cache") && { cache: renew ? "renew" : restorable(next) && !sound ? "only" : "use" }),
  };
}
