/**
 * The reducer: from a state and an event to the next state. Server and page apply the same events with the same function,
 * so both hold the same state and it is never sent. It does no I/O and reads no clock: times come with the events.
 * `plan.ts` says what the kernel must do about a state.
 */

import type { LoggedEvent } from "../events.ts";
import { topology } from "../notebook/graph/topology.ts";
import { DEFAULT_SETTINGS } from "../notebook/source/settings.ts";
import { afterStreamOrEnd } from "./automatic-runs.ts";
import { afterCellEvent } from "./cell-events.ts";
import { consistent } from "./consistency.ts";
import { afterDemandEvent } from "./demand-events.ts";
import { afterDiskEvent } from "./disk-events.ts";
import { afterKernelEvent } from "./kernel-events.ts";
import { afterNotebookEvent } from "./notebook-events.ts";
import { afterQuestion, pruned } from "./question.ts";
import { afterRunEvent } from "./run-events.ts";
import type { SessionState } from "./state.ts";

export function initialState(path: string): SessionState {
  return {
    path,
    seq: 0,
    cells: [],
    removed: [],
    changed: [],
    topology: topology([]),
    places: new Map(),
    blockers: new Map(),
    streamCells: [],
    rewired: [],
    inputValues: {},
    runs: {},
    kernel: { status: "off" },
    tensorBytes: 0,
    results: [],
    settings: DEFAULT_SETTINGS,
    files: {},
    userRan: false,
  };
}

export function reduce(state: SessionState, logged: LoggedEvent): SessionState {
  return consistent(state, pruned(after({ ...state, seq: logged.seq, changed: [] }, logged)));
}

function after(state: SessionState, { event, time, seq }: LoggedEvent): SessionState {
  switch (event.type) {
    case "opened":
    case "replaced":
    case "cell-edited":
    case "cell-inserted":
    case "cell-removed":
    case "cell-moved":
    case "cell-mode":
    case "cell-options":
    case "cell-renamed":
    case "settings":
    case "notice":
      return afterNotebookEvent(state, event, seq);
    case "run-asked":
    case "stop-asked":
    case "input-set":
    case "ask-answered":
      return afterDemandEvent(state, event);
    case "cell-finished":
    case "stream-value":
      return afterStreamOrEnd(state, afterCellEvent(state, event, time), event.cell);
    case "cache-found":
    case "cache-unused":
    case "cache-stored":
    case "cache-refused":
    case "cache-lost":
    case "cell-restored":
    case "files-read":
    case "cost-known":
      return afterDiskEvent(state, event);
    case "cell-started":
    case "cell-settled":
    case "cell-output":
    case "cell-console":
    case "cell-progress":
    case "input-declared":
    case "report":
      return afterCellEvent(state, event, time);
    case "run-started":
    case "run-rows":
    case "run-changed":
    case "run-phase":
    case "run-prepared":
    case "run-rewound":
    case "run-checkpoints":
    case "run-steered":
    case "run-ended":
      return afterRunEvent(state, event);
    case "question-asked":
    case "question-answered":
      return afterQuestion(state, event);
    case "kernel-starting":
    case "kernel-ready":
    case "kernel-ended":
    case "tensors":
      return afterKernelEvent(state, event);
  }
}
