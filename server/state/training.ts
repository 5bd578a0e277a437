/** What the session keeps of a run: its rows, probes, changes and checkpoints, as the kernel tells them. */

import type { RunEvent, SteerEvent } from "../events.ts";
import type { CellId } from "../notebook/types.ts";
import type { RunChange } from "../values.ts";
import { cellState, isPaused, type RunState, type SessionState, withCell } from "./state.ts";

export function afterRunEvent(state: SessionState, event: RunEvent | SteerEvent): SessionState {
  if (event.type === "run-started") return begun(state, event.run);
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
    case "run-rewound": {
      const { to } = event.change;
      return withRun(state, {
        ...run,
        rows: upTo(run.rows, to),
        probes: upTo(run.probes, to),
        changes: [...run.changes.filter((change) => change.step <= to || wentBack(change)), event.change],
      });
    }
    case "run-checkpoints":
      return withRun(state, { ...run, checkpoints: event.checkpoints });
    // The run says itself what came of it.
    case "run-steered":
      return state;
    case "run-ended": {
      const { message: _, ...rest } = run;
      const said = event.message === undefined ? {} : { message: event.message };
      return withPause(withRun(state, { ...rest, status: event.status, ...said }), run.info.cell);
    }
  }
}

/** A run that was cut off goes on under its name. A fork of a run whose cell had finished makes the cell run again. */
function begun(state: SessionState, info: RunState["info"]): SessionState {
  const old = state.runs[info.id];
  if (old && old.status !== "interrupted") return state;
  const { message: _, ...kept } = old ?? { rows: [], probes: [], changes: [], checkpoints: [] };
  const cell = cellState(state, info.cell);
  const again = cell?.generation === info.generation && (cell.status === "done" || cell.status === "stopped");
  const next = withPause(withRun(state, { ...kept, info, status: "running" }), info.cell);
  return again ? withCell(next, info.cell, (each) => ({ ...each, status: "running" })) : next;
}

function withPause(state: SessionState, id: CellId): SessionState {
  const going = Object.values(state.runs).filter(({ info, status }) => info.cell === id && status === "running");
  const paused = going.length > 0 && going.every(isPaused);
  if (paused === (cellState(state, id)?.paused ?? false)) return state;
  return withCell(state, id, (cell) => ({ ...cell, paused }));
}

function wentBack({ kind }: RunChange): boolean {
  return kind === "rewind" || kind === "restart";
}

function upTo<R extends { readonly step: number }>(rows: readonly R[], step: number): readonly R[] {
  return rows.at(-1) && rows.at(-1)!.step > step ? rows.filter((row) => row.step <= step) : rows;
}

/** Rows that are there already are left out, so that a batch sent twice does no harm. */
function appended<R>(rows: readonly R[], batch: readonly R[], from: number): readonly R[] {
  const fresh = batch.slice(Math.max(0, rows.length - from));
  return fresh.length === 0 ? rows : rows.concat(fresh);
}

function withRun(state: SessionState, run: RunState): SessionState {
  return { ...state, runs: { ...state.runs, [run.info.id]: run } };
}
