/** What the kernel reports about a run: its rows, probes, changes, checkpoints and end. */

import type { RunEvent, SteerEvent } from "../events.ts";
import type { CellId } from "../notebook/types.ts";
import type { RunChange } from "../values.ts";
import { inPhase } from "./cell-state.ts";
import { cellState, isPaused, type RunState, type SessionState, withCell, without } from "./state.ts";

export function afterRunEvent(state: SessionState, event: RunEvent | SteerEvent): SessionState {
  if (event.type === "run-started") return started(state, event.run);
  const run = state.runs[event.run];
  if (!run) return state;
  switch (event.type) {
    case "run-rows":
      return withRun(
        state,
        event.table === "rows"
          ? { ...run, rows: appended(run.rows, event.rows, event.from) }
          : { ...run, probes: appended(run.probes, event.rows, event.from) },
      );
    case "run-changed":
      return withPause(withRun(state, { ...run, changes: [...run.changes, event.change] }), run.info.cell);
    case "run-phase": {
      const { label, done, total } = event;
      return withRun(state, { ...run, phase: { label, done, total } });
    }
    case "run-prepared":
      return withRun(state, {
        ...without(run, "phase"),
        info: { ...run.info, steps: event.steps, config: event.config },
      });
    case "run-rewound": {
      const { to } = event.change;
      return withRun(state, {
        ...run,
        rows: upTo(run.rows, to),
        probes: upTo(run.probes, to),
        changes: [...run.changes.filter((change) => change.step <= to || isRewind(change)), event.change],
      });
    }
    case "run-checkpoints":
      return withRun(state, { ...run, checkpoints: event.checkpoints });
    // The run itself reports the effect.
    case "run-steered":
      return state;
    case "run-ended": {
      const { status, message } = event;
      const finished = {
        ...without(without(run, "message"), "phase"),
        status,
        ...(message !== undefined && { message }),
      };
      return withPause(withRun(state, finished), run.info.cell);
    }
  }
}

/** An interrupted run continues under its id. A fork of a run whose cell had finished puts the cell back into the phase `running`. */
function started(state: SessionState, info: RunState["info"]): SessionState {
  const old = state.runs[info.id];
  if (old && old.status !== "interrupted") return state;
  const history = old ? without(without(old, "message"), "phase") : NO_HISTORY;
  const next = withRun(state, { ...history, info, status: "running" });
  const cell = cellState(state, info.cell);
  const hadFinished = cell?.generation === info.generation && (cell.status === "done" || cell.status === "stopped");
  const running = hadFinished
    ? withCell(next, info.cell, (each) => inPhase(each, { status: "running", paused: false, rerun: false }))
    : next;
  return withPause(running, info.cell);
}

const NO_HISTORY = { rows: [], probes: [], changes: [], checkpoints: [] } as const;

/** The cell is paused if it has running runs and all of them are paused. */
function withPause(state: SessionState, id: CellId): SessionState {
  const running = Object.values(state.runs).filter(({ info, status }) => info.cell === id && status === "running");
  const paused = running.length > 0 && running.every(isPaused);
  return withCell(state, id, (cell) =>
    cell.status === "running" && cell.paused !== paused ? { ...cell, paused } : cell,
  );
}

function isRewind({ kind }: RunChange): boolean {
  return kind === "rewind" || kind === "restart";
}

function upTo<R extends { readonly step: number }>(rows: readonly R[], step: number): readonly R[] {
  return rows.at(-1) && rows.at(-1)!.step > step ? rows.filter((row) => row.step <= step) : rows;
}

/** Skips rows that are already there, so a batch that was sent twice does no harm. */
function appended<R>(rows: readonly R[], batch: readonly R[], from: number): readonly R[] {
  const added = batch.slice(Math.max(0, rows.length - from));
  return added.length === 0 ? rows : rows.concat(added);
}

function withRun(state: SessionState, run: RunState): SessionState {
  return { ...state, runs: { ...state.runs, [run.info.id]: run } };
}
