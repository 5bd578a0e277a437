/**
 * The life of a generation, as a pure state machine: data in, data out, no timers and no tensors.
 *
 *     running ──▶ settled ──▶ finished      running: the top level executes
 *        │          ▲  │         │          settled: the top level is done, a run that it started is not
 *        │          └──│─────────┘          finished: nothing is at work; a fork of a run makes it settled again
 *        └─────────────┴─────────┴──▶ disposing ──▶ closing ──▶ ended
 *
 * The three last phases follow each other within one call: the cell was run again or removed. `disposing`: disposers run and may
 * compute. `closing`: runs stop and the last messages are sent. `ended`: nothing is sent any more.
 */
import type { CellError } from "../notebook/types.ts";

export type Outcome =
  | { readonly status: "done" }
  | { readonly status: "stopped" }
  | { readonly status: "failed"; readonly error: CellError };

/** `problem`: the outcome of the runs so far, where one was stopped or failed. A failure outweighs a stop. */
export type Life =
  | { readonly phase: "running"; readonly problem?: Outcome }
  | { readonly phase: "settled" | "finished"; readonly top: Outcome; readonly problem?: Outcome }
  | { readonly phase: "disposing" | "closing" | "ended" };

export const born: Life = { phase: "running" };

/** The top level has come to its end. */
export function topLevelOver(life: Life, top: Outcome, openRuns: number): Life {
  if (life.phase !== "running") return life;
  return { ...life, phase: openRuns > 0 ? "settled" : "finished", top };
}

/** A run has started. That of a cell whose top level was stopped changes nothing: its signal has aborted already. */
export function runBegun(life: Life): Life {
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

/** Whether what the code still says is dropped. A top level that was stopped may go on where nothing can reach it. */
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
