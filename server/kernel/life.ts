/**
 * The life of a generation as a pure state machine: data in, data out, no timers and no tensors. Its phases:
 *
 *     running     the top level executes
 *     settled     the top level is done, and a run that it started goes on
 *     finished    neither is at work; a fork of a run makes it settled again
 *
 * When the cell runs again or is removed, these follow each other within one call, from any of the phases above:
 *
 *     disposing   its disposers run and may compute
 *     closing     its runs stop and the last messages are sent
 *     ended       nothing is sent any more
 */
import type { CellError } from "../notebook/types.ts";

export type Outcome =
  | { readonly status: "done" }
  | { readonly status: "stopped" }
  | { readonly status: "failed"; readonly error: CellError };

/** `problem`: the outcome of the runs so far if one of them was stopped or failed. A failure outweighs a stop. */
export type Life =
  | { readonly phase: "running"; readonly problem?: Outcome }
  | { readonly phase: "settled" | "finished"; readonly top: Outcome; readonly problem?: Outcome }
  | { readonly phase: "disposing" | "closing" | "ended" };

export const born: Life = { phase: "running" };

/** The top level has ended. @param openRuns how many runs go on */
export function topLevelOver(life: Life, top: Outcome, openRuns: number): Life {
  if (life.phase !== "running") return life;
  return { ...life, phase: openRuns > 0 ? "settled" : "finished", top };
}

/** A run has started. It changes nothing if the top level was stopped: the run finds its signal aborted. */
export function runStarted(life: Life): Life {
  return life.phase === "finished" && life.top.status !== "stopped" ? { ...life, phase: "settled" } : life;
}

/** A run has ended. @param openRuns how many others go on */
export function runOver(life: Life, outcome: Outcome, openRuns: number): Life {
  switch (life.phase) {
    case "running":
      return { ...life, ...problemWith(life.problem, outcome) };
    case "settled":
      return { ...life, ...problemWith(life.problem, outcome), phase: openRuns > 0 ? "settled" : "finished" };
    case "finished":
    case "disposing":
    case "closing":
    case "ended":
      return life;
    default:
      return life satisfies never;
  }
}

/** The outcome of a cell: that of its top level, or the problem of a run where the top level has none. */
export function outcomeOf({ top, problem }: Extract<Life, { phase: "finished" | "settled" }>): Outcome {
  return top.status === "done" ? (problem ?? top) : top;
}

/** Whether the cell has been run again or removed. */
export function isOver({ phase }: Life): boolean {
  return phase === "disposing" || phase === "closing" || phase === "ended";
}

/** Whether messages of its code are dropped. A top level that was stopped may still be running, out of reach. */
export function isSilent(life: Life): boolean {
  return life.phase === "ended" || (life.phase === "finished" && life.top.status === "stopped");
}

function problemWith(earlier: Outcome | undefined, outcome: Outcome): { readonly problem?: Outcome } {
  switch (outcome.status) {
    case "done":
      return {};
    case "stopped":
      return { problem: earlier ?? outcome };
    case "failed":
      return { problem: earlier?.status === "failed" ? earlier : outcome };
    default:
      return outcome satisfies never;
  }
}
