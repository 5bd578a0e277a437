/**
 * The plan: which messages the kernel needs so that it follows the state. After every event the state is compared with the
 * one of the last plan, so no order of events can leave kernel and state apart, and the work is in proportion to what changed.
 * Old generations end before new ones start, descendants first. A cell starts as soon as the top levels that it depends on
 * are done; a cell that waits for a training delays only its own dependents. Cells that are ready start in topological order.
 */
import type { ToKernel } from "../messages.ts";
import { flagged } from "../notebook/source/head.ts";
import type { CellId } from "../notebook/types.ts";
import type { InputValue } from "../values.ts";
import { type CellState, heldValues } from "./cell-state.ts";
import { alive, parentsOf, restorable } from "./freshness.ts";
import { sameValue } from "./input-value.ts";
import { withCellRenamed } from "./notebook-events.ts";
import { cellState, type SessionState } from "./state.ts";
import { inputKey, storedFor } from "./stored-inputs.ts";

/** What the kernel holds, by the messages to and from it. */
export type KernelView = {
  readonly process: "none" | "starting" | "ready";
  /** The state of the last plan: the kernel holds the generations that are current in it. Absent before the first plan. */
  readonly planned?: SessionState;
  /** The cells that are queued in that state, in topological order. */
  readonly queue: readonly CellId[];
  /** Values of inputs, by `inputKey`. */
  readonly inputs: ReadonlyMap<string, InputValue>;
  /** The last plan sent all cells of the queue that were ready. Absent before the kernel is ready. */
  readonly sentReady?: boolean;
};

export type Action = { readonly type: "start-kernel" } | ToKernel;

export const NO_KERNEL: KernelView = { process: "none", queue: [], inputs: new Map() };

/** @returns the actions to perform now, in order, and what the kernel holds after them */
export function plan(
  state: SessionState,
  view: KernelView,
): { readonly actions: readonly Action[]; readonly view: KernelView } {
  const changes = changesSince(view.planned, state);
  const ending = endingIn(changes);
  const known = ending.length === 0 || view.inputs.size === 0 ? view.inputs : withoutInputsOf(view.inputs, ending);
  const updates = changes.flatMap(({ now }) => inputUpdates(now, known));
  const inputs =
    updates.length === 0 ? known : new Map([...known, ...updates.map(([key, { value }]) => [key, value] as const)]);
  const queue = queueOf(state, view, changes);
  const ready = candidates(queue, state, view, changes).filter((id) => isReady(state, id));
  const actions: Action[] = ending.length === 0 ? [] : [{ type: "end", cells: ending }];
  for (const [, update] of updates) actions.push(update);
  const next = { process: view.process, planned: state, queue, inputs };
  if (ready.length === 0 || view.process === "starting") return { actions, view: next };
  if (view.process === "none") {
    actions.push({ type: "start-kernel" });
    return { actions, view: { ...next, process: "starting" } };
  }
  for (const id of ready) actions.push(execution(state, cellState(state, id)!));
  return { actions, view: { ...next, sentReady: true } };
}

/** The cells of the queue that may have become ready since the last plan: they or one of their parents changed. */
function candidates(
  queue: readonly CellId[],
  { topology }: SessionState,
  { planned, sentReady }: KernelView,
  changes: readonly Change[],
): readonly CellId[] {
  if (!sentReady || planned?.topology !== topology) return queue;
  const reached = changes.flatMap(({ now }) =>
    now ? [now.cell.id, ...(topology.children.get(now.cell.id) ?? [])] : [],
  );
  if (reached.length > queue.length) return queue;
  const found = new Set(reached);
  return queue.filter((id) => found.has(id));
}

/** The same view after a cell got another id. The kernel goes on to hold its values. */
export function renamedView(view: KernelView, from: CellId, to: CellId): KernelView {
  const { planned } = view;
  if (!planned) return view;
  const inputs = [...view.inputs].map(
    ([key, value]) => [key.startsWith(`${from}/`) ? `${to}${key.slice(from.length)}` : key, value] as const,
  );
  const queue = view.queue.map((id) => (id === from ? to : id));
  return { ...view, planned: withCellRenamed(planned, from, to), queue, inputs: new Map(inputs) };
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

function hasGeneration(cell: CellState | undefined): cell is CellState {
  return cell?.values.kind === "in-kernel";
}

const orderOf = (cell: CellState): number => heldValues(cell)?.order ?? 0;

/** The cells whose generations end, the latest first: descendants before the cells that they were made from. */
function endingIn(changes: readonly Change[]): readonly CellId[] {
  const ending: CellState[] = [];
  for (const { old, now } of changes) {
    if (hasGeneration(old) && !(hasGeneration(now) && now.generation === old.generation)) ending.push(old);
  }
  return ending.sort((a, b) => orderOf(b) - orderOf(a)).map(({ cell }) => cell.id);
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

function withoutInputsOf(inputs: KernelView["inputs"], cells: readonly CellId[]): KernelView["inputs"] {
  return new Map([...inputs].filter(([key]) => !cells.some((id) => key.startsWith(`${id}/`))));
}

/** The inputs whose value differs from the one in the kernel, by their keys. */
function inputUpdates(
  cell: CellState | undefined,
  known: KernelView["inputs"],
): (readonly [string, Extract<ToKernel, { readonly type: "input" }>])[] {
  if (!hasGeneration(cell) || cell.inputs.length === 0) return [];
  const { id } = cell.cell;
  return cell.inputs.flatMap(({ name, value, generation }) => {
    const key = inputKey(id, name);
    if (generation !== cell.generation || sameValue(known.get(key), value)) return [];
    return [[key, { type: "input", cell: id, name, value }] as const];
  });
}

function queueOf(state: SessionState, { planned, queue }: KernelView, changes: readonly Change[]): readonly CellId[] {
  const { rank } = state.topology;
  if (planned?.topology.rank !== rank) return [...rank.keys()].filter((id) => isQueued(cellState(state, id)));
  const changed = changes.filter(({ old, now }) => isQueued(old) !== isQueued(now));
  if (changed.length === 0) return queue;
  const added = changed.flatMap(({ now }) => (now && isQueued(now) ? [now.cell.id] : []));
  const remaining = queue.filter((id) => isQueued(cellState(state, id)));
  if (added.length === 0) return remaining;
  return [...remaining, ...added].sort((a, b) => rank.get(a)! - rank.get(b)!);
}

function isQueued(cell: CellState | undefined): boolean {
  return cell?.status === "queued";
}

function execution(state: SessionState, next: CellState): Action {
  const { cell, generation, snapshot } = next;
  const renew = next.status === "queued" && next.renew;
  const files = next.analysis?.files ?? [];
  // A cell that runs on values of a stale parent is itself stale: the `*` makes its snapshot differ.
  const onFreshParents = parentsOf(state.topology, cell.id).every(
    (id) => isAlive(state, id) && !cellState(state, id)?.stale,
  );
  const interrupted = Object.values(state.runs)
    .filter(({ info, status }) => status === "interrupted" && info.cell === cell.id && info.snapshot === snapshot)
    .map(({ info }) => info.id);
  return {
    type: "execute",
    cell: cell.id,
    generation: generation + 1,
    snapshot: onFreshParents || restorable(next) ? snapshot : `${snapshot}*`,
    source: cell.source,
    inputs: storedFor(state.inputValues, next),
    ...(interrupted.length > 0 && { interrupted }),
    files: Object.fromEntries(files.map((module) => [module, state.files[module]?.digest ?? ""])),
    ...(flagged(cell, "cache") && { cache: renew ? "renew" : restorable(next) && !onFreshParents ? "only" : "use" }),
  };
}
