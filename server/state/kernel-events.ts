/** The start and the end of the kernel, and the tensors that it holds. When it ends, values are gone; outputs and rows stay. */
import type { KernelEvent } from "../events.ts";
import type { CellId } from "../notebook/types.ts";
import type { Holding } from "../values.ts";
import { type CellState, heldValues, inPhase, NO_TENSORS, NO_VALUES, type Phase } from "./cell-state.ts";
import { alive } from "./freshness.ts";
import { type RunState, type SessionState, withCells, without } from "./state.ts";

export function afterKernelEvent(state: SessionState, event: KernelEvent): SessionState {
  switch (event.type) {
    case "kernel-starting":
      return { ...state, kernel: { status: "starting" } };
    case "kernel-ready": {
      const { pid, backend, passedOver } = event;
      return { ...state, kernel: { status: "ready", pid, backend, passedOver } };
    }
    case "tensors": {
      const held = (id: CellId): Holding => (Object.hasOwn(event.cells, id) && event.cells[id]) || NO_TENSORS;
      const next = withCells(state, state.places.keys(), (cell) => holding(cell, held(cell.cell.id)));
      const { total, memory } = event;
      return { ...next, tensorBytes: total, ...(memory && { memory }) };
    }
    case "kernel-ended":
      return kernelEnded(state, event);
  }
}

/** Ends the generations of these cells: their values are gone, their outputs stay. */
export function ended(state: SessionState, ids: ReadonlySet<CellId>): SessionState {
  const next = withCells(state, ids, (cell) => ({
    ...(cell.status === "queued" ? cell : inPhase(cell, { status: "idle" })),
    values: NO_VALUES,
    tensors: NO_TENSORS,
  }));
  return { ...next, runs: runsEnded(state.runs, (run) => ids.has(run.info.cell), "stopped") };
}

function holding(cell: CellState, tensors: Holding): CellState {
  if (sameHolding(tensors, cell.tensors)) return cell;
  const values = heldValues(cell);
  if (!values) return { ...cell, tensors };
  const peakBytes = Math.max(values.peakBytes, tensors.bytes);
  const cost = cell.cost && cell.status === "done" && !values.restored ? { ...cell.cost, bytes: peakBytes } : cell.cost;
  return { ...cell, tensors, values: { ...values, peakBytes }, ...(cost && { cost }) };
}

function sameHolding(a: Holding, b: Holding): boolean {
  return a.bytes === b.bytes && a.count === b.count && a.peak === b.peak && a.largest?.bytes === b.largest?.bytes;
}

function kernelEnded(
  state: SessionState,
  { cause, reason }: Extract<KernelEvent, { type: "kernel-ended" }>,
): SessionState {
  const died = cause === "died";
  const replaced = died || cause === "unresponsive";
  const next = withCells(state, state.places.keys(), (cell) => {
    const phase = phaseWithoutKernel(cell, died ? "failed" : "stopped", replaced);
    const error = died && cell.status === "running" && phase?.status === "failed";
    return {
      ...(phase ? inPhase(cell, phase) : cell),
      values: NO_VALUES,
      tensors: NO_TENSORS,
      ...(error && { error: { kind: "runtime" as const, message: reason } }),
    };
  });
  // Only a user who restarts the kernel wants its trainings to end. All others continue when their cell runs again.
  const runs = runsEnded(state.runs, () => true, cause === "restarted" ? "stopped" : "interrupted", reason);
  return { ...without(next, "memory"), runs, tensorBytes: 0, kernel: { status: "ended", cause, reason } };
}

/** @param replaced a new kernel starts: cells that were fresh and have a cached result are restored by themselves */
function phaseWithoutKernel(cell: CellState, broken: "failed" | "stopped", replaced: boolean): Phase | undefined {
  const { cache } = cell;
  if (replaced && alive(cell) && !cell.stale && cache.kind === "stored" && cache.snapshot === cell.snapshot)
    return { status: "queued", renew: false };
  switch (cell.status) {
    case "done":
    case "queued":
      return { status: "idle" };
    case "running":
      return { status: broken };
    case "idle":
    case "failed":
    case "stopped":
    case "blocked":
      return undefined;
  }
}

function runsEnded(
  runs: SessionState["runs"],
  which: (run: RunState) => boolean,
  status: "stopped" | "interrupted",
  message?: string,
): SessionState["runs"] {
  const open = Object.entries(runs).filter(([, run]) => run.status === "running" && which(run));
  if (open.length === 0) return runs;
  const closed = open.map(([id, run]) => [id, { ...run, status, ...(message && { message }) }] as const);
  return { ...runs, ...Object.fromEntries(closed) };
}
