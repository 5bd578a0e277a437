/** What the kernel reports about one generation of a cell. Events of an older generation came too late and are ignored. */

import type { CellEvent, Cost } from "../events.ts";
import { type CellState, type HeldValues, heldValues, type InputState, inPhase, NOT_CACHED } from "./cell-state.ts";
import { withLines } from "./console-lines.ts";
import { parentsOf, updateSnapshots } from "./freshness.ts";
import { fitted } from "./input-value.ts";
import { cellState, type SessionState, withCell } from "./state.ts";
import { storedKey, withoutUndeclared } from "./stored-inputs.ts";

/** The most console lines per cell; the oldest are dropped. */
const CONSOLE_LINES = 2_000;

export type CacheEvent = Extract<
  CellEvent,
  { type: "cache-stored" | "cache-refused" | "cache-lost" | "cell-restored" }
>;

export function afterCellEvent(state: SessionState, event: Exclude<CellEvent, CacheEvent>, time: number): SessionState {
  const cell = cellState(state, event.cell);
  if (!cell?.analysis) return state;
  if (event.type === "cell-started")
    return event.generation <= cell.generation ? state : started(state, cell, event, time);
  const values = heldValues(cell);
  if (!values || event.generation !== cell.generation) return state;
  const changed = (change: (old: CellState) => CellState): SessionState => withCell(state, event.cell, change);
  switch (event.type) {
    case "cell-settled": {
      const removed = cell.inputs.filter((input) => input.generation !== cell.generation);
      const inputs = cell.inputs.filter((input) => !removed.includes(input));
      const names = removed.map(({ name }) => name);
      const settled = {
        ...changed((old) => ({ ...old, values: { ...values, settled: true }, inputs })),
        inputValues: withoutUndeclared(state.inputValues, names, state.cells),
      };
      return updateSnapshots(settled, names);
    }
    case "cell-finished": {
      const { status, ms, error } = event;
      const settled = values.settled || status === "done";
      const cost = costAfter(cell, values, status, ms / 1000);
      return changed((old) => ({
        ...inPhase(old, { status }),
        values: { ...values, settled },
        ms,
        ...(error && { error }),
        ...(cost && { cost }),
      }));
    }
    case "stream-value": {
      const streams = { ...values.streams, [event.name]: event.count };
      const next = changed((old) => ({ ...old, values: { ...values, streams } }));
      // The cell may have been edited since it started.
      const { streamCells } = state;
      return streamCells.includes(event.cell) ? next : { ...next, streamCells: [...streamCells, event.cell] };
    }
    case "cell-output":
      return changed((old) => ({ ...old, outputs: [...old.outputs, event.output] }));
    case "cell-console":
      return changed((old) => ({ ...old, console: withLines(old.console, event.lines).slice(-CONSOLE_LINES) }));
    case "cell-progress": {
      const { label, done, total } = event;
      return changed((old) => (old.status === "running" ? { ...old, progress: { label, done, total } } : old));
    }
    case "report":
      return withResults(changed((old) => ({ ...old, results: [...old.results, ...event.results] })));
    case "input-declared": {
      const { name, live, spec, generation } = event;
      // A value that was set while the cell was running is newer than the one that the kernel has just read.
      const set = state.inputValues[storedKey(cell, name)];
      const value = set === undefined ? event.value : fitted(spec, set);
      const inputs = withInput(cell.inputs, { name, live, spec, generation, value });
      return updateSnapshots(
        changed((old) => ({ ...old, inputs })),
        [name],
      );
    }
  }
}

function started(
  state: SessionState,
  cell: CellState,
  { generation, snapshot }: Extract<CellEvent, { type: "cell-started" }>,
  time: number,
): SessionState {
  const read = streamsRead(state, cell);
  const { analysis, cost, ms } = cell;
  const next: CellState = {
    cell: cell.cell,
    ...(analysis && { analysis }),
    errors: cell.errors,
    ...(cell.warnings && { warnings: cell.warnings }),
    status: "running",
    paused: false,
    rerun: false,
    generation,
    snapshot: cell.snapshot,
    stale: cell.stale,
    values: {
      kind: "in-kernel",
      snapshot,
      settled: false,
      restored: false,
      order: state.seq,
      madeFrom: parentsOf(state.topology, cell.cell.id),
      ...(read && { streamsRead: read }),
      peakBytes: 0,
    },
    cache: cell.cache.kind === "refused" ? NOT_CACHED : cell.cache,
    outputs: [],
    madeWith: snapshot,
    console: [],
    inputs: cell.inputs,
    results: [],
    tensors: cell.tensors,
    startedAt: time,
    ...(ms !== undefined && { ms }),
    ...(cost && { cost }),
  };
  const running = withCell(state, cell.cell.id, () => next);
  return cell.results.length === 0 ? running : withResults(running);
}

function withResults(state: SessionState): SessionState {
  return { ...state, results: state.cells.flatMap(({ results }) => results) };
}

/** The streams that a cell uses and how many values each has given; undefined where it uses none. */
export function streamsRead(
  state: SessionState,
  { analysis }: CellState,
): Readonly<Record<string, number>> | undefined {
  const counts: Record<string, number> = {};
  for (const id of state.streamCells) {
    const streamCell = cellState(state, id);
    const streams = streamCell && heldValues(streamCell)?.streams;
    for (const name in streams) if (analysis?.references.includes(name)) counts[name] = streams[name]!;
  }
  return Object.keys(counts).length === 0 ? undefined : counts;
}

/** The cost of the cell after an execution. A stopped execution gives a lower bound; a failed or restored one gives nothing. */
function costAfter(
  cell: CellState,
  values: HeldValues,
  status: "done" | "failed" | "stopped",
  seconds: number,
): Cost | undefined {
  if (values.restored || status === "failed") return cell.cost;
  const bytes = Math.max(values.peakBytes, cell.tensors.bytes);
  if (status === "done") return { seconds, bytes };
  const { cost = { seconds: 0, bytes: 0 } } = cell;
  return { seconds: Math.max(cost.seconds, seconds), bytes: Math.max(cost.bytes, bytes) };
}

/** Adds a declaration after the others of its generation. It replaces an older declaration of the same name. */
function withInput(inputs: readonly InputState[], declared: InputState): readonly InputState[] {
  const others = inputs.filter((input) => input.name !== declared.name);
  const place = others.filter((input) => input.generation === declared.generation).length;
  return [...others.slice(0, place), declared, ...others.slice(place)];
}
