/**
 * What a new session starts with: the state at the end of an earlier one, with nothing running, nothing queued and no values.
 * Runs that nothing shows any more are left out. The page looks the same.
 */
import type { Output } from "../values.ts";
import { type CellState, inPhase, NO_TENSORS, NO_VALUES, NOT_CACHED } from "./cell-state.ts";
import { recomputed } from "./consistency.ts";
import { restructured } from "./freshness.ts";
import type { SessionState } from "./state.ts";
import { without } from "./state.ts";

/** @param state of a session whose kernel has ended */
export function atRest(state: SessionState): SessionState {
  const cells = state.cells.map(restingCell);
  const shown = new Set(cells.flatMap(({ outputs }) => outputs.flatMap(runsIn)));
  // An interrupted run continues when its cell runs again, whether or not something shows it.
  const runs = Object.entries(state.runs).filter(([id, { status }]) => shown.has(id) || status === "interrupted");
  const ran = cells.some(({ generation }) => generation > 0);
  return recomputed(
    restructured({
      ...without(without(without(without(state, "memory"), "pending"), "question"), "notice"),
      cells,
      removed: [],
      runs: Object.fromEntries(runs),
      kernel: ran ? { status: "ended", cause: "closed", reason: "The workbench was closed." } : { status: "off" },
      tensorBytes: 0,
      files: {},
      userRan: false,
    }),
  );
}

function restingCell(cell: CellState): CellState {
  const ended = cell.status === "failed" || cell.status === "stopped" ? cell : inPhase(cell, { status: "idle" });
  return { ...ended, values: NO_VALUES, cache: NOT_CACHED, tensors: NO_TENSORS };
}

/** The runs that an output draws. */
export function runsIn(output: Output): readonly string[] {
  switch (output.kind) {
    case "run":
      return [output.run];
    case "blob":
      return output.runs;
    case "plot":
      return output.spec.marks.flatMap((mark) => (mark.data?.kind === "live" ? mark.data.runs : []));
    default:
      return [];
  }
}
