/**
 * Writes a state as the shortest list of events that leads to it. When a notebook is opened, its log is replaced by this
 * list: it leaves out progress, older generations and runs that no output shows any more. The page looks the same.
 */
import type { SessionEvent } from "../events.ts";
import type { CellState } from "./cell-state.ts";
import type { RunState, SessionState } from "./state.ts";

export type TimedEvent = { readonly time: number; readonly event: SessionEvent };

/**
 * @param state of a session whose kernel has ended, so nothing runs
 * @param time for events whose own time is unknown, in milliseconds since 1970
 */
export function condense(state: SessionState, time: number): readonly TimedEvent[] {
  const events: TimedEvent[] = [];
  const add = (event: SessionEvent, at = time): void => void events.push({ time: at, event });
  add({
    type: "opened",
    path: state.path,
    cells: state.cells.map((each) => each.cell),
    inputs: state.inputValues,
    settings: state.settings,
  });
  const shown = new Set(state.cells.flatMap(shownRuns));
  for (const run of Object.values(state.runs)) {
    // An interrupted run continues when its cell runs again, whether or not something shows it.
    if (shown.has(run.info.id) || run.status === "interrupted") for (const event of runEvents(run)) add(event);
  }
  for (const cell of state.cells) {
    if (cell.generation > 0) for (const event of cellEvents(cell)) add(event, cell.startedAt ?? time);
    if (cell.cost) add({ type: "cost-known", cell: cell.cell.id, cost: cell.cost });
  }
  if (state.cells.some((cell) => cell.generation > 0)) {
    add({ type: "kernel-ended", cause: "closed", reason: "The workbench was closed." });
  }
  return events;
}

function* cellEvents(state: CellState): Generator<SessionEvent> {
  const { generation, outputs, results } = state;
  const cell = state.cell.id;
  yield { type: "cell-started", cell, generation, snapshot: state.snapshot };
  for (const { name, live, spec, value } of state.inputs) {
    yield { type: "input-declared", cell, generation, name, live, spec, value };
  }
  for (const output of outputs) yield { type: "cell-output", cell, generation, output };
  if (state.console.length > 0) yield { type: "cell-console", cell, generation, lines: state.console };
  if (results.length > 0) yield { type: "report", cell, generation, results };
  const status = state.status === "failed" || state.status === "stopped" ? state.status : "done";
  if (status === "done") yield { type: "cell-settled", cell, generation };
  yield {
    type: "cell-finished",
    cell,
    generation,
    status,
    ms: state.ms ?? 0,
    ...(state.error && { error: state.error }),
  };
}

function* runEvents(run: RunState): Generator<SessionEvent> {
  const { id } = run.info;
  yield { type: "run-started", run: run.info };
  if (run.rows.length > 0) yield { type: "run-rows", run: id, table: "rows", from: 0, rows: run.rows };
  if (run.probes.length > 0) yield { type: "run-rows", run: id, table: "probes", from: 0, rows: run.probes };
  for (const change of run.changes) yield { type: "run-changed", run: id, change };
  if (run.checkpoints.length > 0) yield { type: "run-checkpoints", run: id, checkpoints: run.checkpoints };
  if (run.status === "running") return;
  yield { type: "run-ended", run: id, status: run.status, ...(run.message !== undefined && { message: run.message }) };
}

function shownRuns(cell: CellState): readonly string[] {
  return cell.outputs.flatMap((output) => {
    if (output.kind === "run") return [output.run];
    if (output.kind !== "plot") return [];
    return output.spec.marks.flatMap((mark) => (mark.data?.kind === "live" ? mark.data.runs : []));
  });
}
