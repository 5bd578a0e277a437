/**
 * The life of a cell's generations. A generation is current while its values live in the kernel; whatever else the
 * kernel says about an older one came too late and is dropped.
 */

import type { CellEvent, Cost, Holding, KernelEvent } from "../events.ts";
import type { CellId } from "../notebook/types.ts";
import { alive, parentsOf, resnapped } from "./freshness.ts";
import { fitted } from "./input-value.ts";
import type { CellState, InputState, RunState, SessionState } from "./state.ts";
import { cellState, withCell, withCells } from "./state.ts";

/** Lines of console kept per cell; the oldest go first. */
const CONSOLE_LINES = 2_000;

export type CacheEvent = Extract<
  CellEvent,
  { type: "cache-stored" | "cache-refused" | "cache-lost" | "cell-restored" }
>;

export function afterCellEvent(state: SessionState, event: Exclude<CellEvent, CacheEvent>, time: number): SessionState {
  const cell = cellState(state, event.cell);
  if (!cell?.analysis) return state;
  if (event.type === "cell-started") {
    if (event.generation <= cell.generation) return state;
    const seen = streamsSeen(state, cell);
    const begun = withCell(state, event.cell, (old) => ({
      ...started(old, event.generation, time),
      begun: state.seq,
      ranWith: event.snapshot,
      madeFrom: parentsOf(state.topology, event.cell),
      ...(seen && { seen }),
    }));
    return cell.results.length === 0 ? begun : { ...begun, results: begun.cells.flatMap((each) => each.results) };
  }
  if (cell.ranWith === undefined || event.generation !== cell.generation) return state;
  switch (event.type) {
    case "cell-settled": {
      const gone = cell.inputs.filter((input) => input.generation !== cell.generation);
      const inputs = cell.inputs.filter((input) => !gone.includes(input));
      const settled = withCell(state, event.cell, (old) => ({ ...old, settled: true, inputs }));
      return resnapped(
        settled,
        gone.map(({ name }) => name),
      );
    }
    case "cell-finished":
      return withCell(state, event.cell, ({ progress: _, ...old }) => ({
        ...old,
        status: event.status,
        settled: old.settled || event.status === "done",
        ms: event.ms,
        ...(event.error && { error: event.error }),
        ...learnt(old, event.status, event.ms / 1000),
      }));
    case "stream-value": {
      const { streaming } = state;
      const next = withCell(state, event.cell, (old) => ({
        ...old,
        streams: { ...old.streams, [event.name]: event.count },
      }));
      // The cell may have been edited since it began.
      return streaming.includes(event.cell) ? next : { ...next, streaming: [...streaming, event.cell] };
    }
    case "cell-output":
      return withCell(state, event.cell, (old) => ({ ...old, outputs: [...old.outputs, event.output] }));
    case "cell-console":
      return withCell(state, event.cell, (old) => ({
        ...old,
        console: [...old.console, ...event.lines].slice(-CONSOLE_LINES),
      }));
    case "cell-progress":
      return withCell(state, event.cell, (old) => ({
        ...old,
        progress: { label: event.label, done: event.done, total: event.total },
      }));
    case "report": {
      const next = withCell(state, event.cell, (old) => ({ ...old, results: [...old.results, ...event.results] }));
      return { ...next, results: next.cells.flatMap((each) => each.results) };
    }
    case "input-declared": {
      const { name, live, spec, generation } = event;
      // A value that was set while the cell was at work is newer than the one that the kernel just took.
      const set = state.inputValues[name];
      const value = set === undefined ? event.value : fitted(spec, set);
      const declared = { name, live, spec, generation, value };
      const inputs = withInput(cell.inputs, declared);
      return resnapped(
        withCell(state, event.cell, (old) => ({ ...old, inputs })),
        [name],
      );
    }
  }
}

/** The values of these cells are gone: they count as not run, and keep what they show. */
export function ended(state: SessionState, ids: ReadonlySet<CellId>): SessionState {
  const next = withCells(state, ids, (cell) => ({
    ...emptied(cell),
    status: cell.status === "queued" ? cell.status : "idle",
    settled: false,
    tensors: NO_TENSORS,
  }));
  return { ...next, runs: runsEnded(state.runs, (run) => ids.has(run.info.cell), "stopped") };
}

export function afterKernelEvent(state: SessionState, event: KernelEvent): SessionState {
  switch (event.type) {
    case "kernel-starting":
      return { ...state, kernel: { status: "starting" } };
    case "kernel-ready":
      return {
        ...state,
        kernel: { status: "ready", pid: event.pid, backend: event.backend, passedOver: event.passedOver },
      };
    case "tensors": {
      const next = withCells(state, state.places.keys(), (cell) => {
        const tensors = event.cells[cell.cell.id] ?? NO_TENSORS;
        if (sameHolding(tensors, cell.tensors)) return cell;
        const held = Math.max(cell.held ?? 0, tensors.bytes);
        const cost = cell.cost && cell.status === "done" && !cell.restored ? { ...cell.cost, bytes: held } : cell.cost;
        return { ...cell, tensors, held, ...(cost && { cost }) };
      });
      const { total, memory } = event;
      return { ...next, tensorBytes: total, ...(memory && { memory }) };
    }
    case "kernel-ended": {
      const { expected, reason, returns = !expected } = event;
      const broken = expected ? ("stopped" as const) : ("failed" as const);
      const next = withCells(state, state.places.keys(), (cell) => {
        const base = { ...emptied(cell), settled: false, tensors: NO_TENSORS };
        // What died takes no cache along: what was fresh comes back by itself.
        if (returns && alive(cell) && !cell.stale && cell.kept === cell.snapshot)
          return { ...base, status: "queued" as const };
        if (cell.status === "done" || cell.status === "queued") return { ...base, status: "idle" as const };
        if (cell.status !== "running") return base;
        return { ...base, status: broken, ...(!expected && { error: { kind: "runtime" as const, message: reason } }) };
      });
      const runs = runsEnded(state.runs, () => true, returns ? "interrupted" : "stopped", reason);
      const { memory: _, ...rest } = next;
      return { ...rest, runs, tensorBytes: 0, kernel: { status: "ended", expected, reason } };
    }
  }
}

function sameHolding(a: Holding, b: Holding): boolean {
  return a.bytes === b.bytes && a.count === b.count && a.peak === b.peak && a.largest?.bytes === b.largest?.bytes;
}

export const NO_TENSORS: Holding = { bytes: 0, count: 0 };

/** Without what was true of values that are gone. */
function emptied(cell: CellState): CellState {
  const {
    ranWith: _,
    madeFrom: __,
    progress: ___,
    streams: ____,
    seen: _____,
    held: ______,
    again: _______,
    ...kept
  } = cell;
  return kept;
}

/** The streams that a cell uses and how many values each has given; undefined where it uses none. */
export function streamsSeen(
  state: SessionState,
  { analysis }: CellState,
): Readonly<Record<string, number>> | undefined {
  const seen: Record<string, number> = {};
  for (const id of state.streaming) {
    const streams = cellState(state, id)?.streams;
    for (const name in streams) if (analysis?.references.includes(name)) seen[name] = streams[name]!;
  }
  return Object.keys(seen).length === 0 ? undefined : seen;
}

/** What a whole execution took is its cost; one that was stopped took at least so much. */
function learnt(cell: CellState, status: "done" | "failed" | "stopped", seconds: number): { readonly cost?: Cost } {
  if (cell.restored || status === "failed") return {};
  const before = cell.cost ?? { seconds: 0, bytes: 0 };
  const held = Math.max(cell.held ?? 0, cell.tensors.bytes);
  if (status === "done") return { cost: { seconds, bytes: held } };
  return { cost: { seconds: Math.max(before.seconds, seconds), bytes: Math.max(before.bytes, held) } };
}

function started(cell: CellState, generation: number, time: number): CellState {
  const { error: _, restored: __, forced: ___, notCached: ____, blocker: _____, ...rest } = cell;
  const kept = emptied(rest);
  return {
    ...kept,
    generation,
    status: "running",
    settled: false,
    outputs: [],
    console: [],
    results: [],
    startedAt: time,
  };
}

/** Puts a declaration after those of its own generation; what an older one declared under the name goes. */
function withInput(inputs: readonly InputState[], declared: InputState): readonly InputState[] {
  const others = inputs.filter((input) => input.name !== declared.name);
  const place = others.filter((input) => input.generation === declared.generation).length;
  return [...others.slice(0, place), declared, ...others.slice(place)];
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
