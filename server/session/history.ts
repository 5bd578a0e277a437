/** What a session starts with: the log of earlier sessions, and the cells as the notebook's file has them now. */
import { copyFile, rename } from "node:fs/promises";
import { basename, join } from "node:path";
import type { SessionEvent } from "../events.ts";
import { aligned } from "../notebook/source/align.ts";
import { parseNotebook } from "../notebook/source/parse.ts";
import { DEFAULT_SETTINGS } from "../notebook/source/settings.ts";
import type { Cell, CellId, Notebook } from "../notebook/types.ts";
import { atRest } from "../state/at-rest.ts";
import { type Merged, mergeCells } from "../state/merge-cells.ts";
import { stateOf } from "../state/parts.ts";
import { initialState, reduce } from "../state/reducer.ts";
import { replay } from "../state/replay.ts";
import type { SessionState } from "../state/state.ts";
import { readStored } from "../state/stored-inputs.ts";
import { AgreedText } from "./agreed-text.ts";
import { readInputs } from "./inputs-file.ts";
import { endsOfKilledRuns } from "./killed-runs.ts";
import { readLog } from "./read-log.ts";

export function logPath(workspace: string, notebook: string): string {
  return join(workspace, ".palimpsest", "sessions", notebook.replace(/\.ts$/, ".jsonl"));
}

/**
 * The state that a session starts with. An edit that was logged and not yet written to the file is not lost: the log's cells
 * stay where the file is as it was; where both changed, they are merged cell by cell.
 * @param file undefined if it cannot be read as a notebook; then the cells of the log stay
 * @param now milliseconds since 1970, for what has no time of its own
 */
export async function earlierState(
  workspace: string,
  notebook: string,
  file: { readonly text: string; readonly notebook: Notebook } | undefined,
  now: number,
): Promise<SessionState> {
  const { state, notice, complete } = await lastState(workspace, notebook, now);
  const stored = await readInputs(workspace, notebook);
  const notices = notice ? [noticeOf(notice)] : [];
  if (state.cells.length === 0) {
    const { cells = [], settings = DEFAULT_SETTINGS } = file?.notebook ?? {};
    return happened(state, now, [{ type: "opened", path: notebook, cells, inputs: stored, settings }, ...notices]);
  }
  // The log is written first, so its values are the newer ones.
  const inputValues = readStored({ ...stored, ...state.inputValues }, state.cells);
  const earlier = atRest({ ...state, path: notebook, inputValues });
  const agreed = await new AgreedText(workspace, notebook).read(file?.text);
  if (!file || (complete && file.text === agreed)) return happened(earlier, now, notices);
  const own = state.cells.map(({ cell }) => cell);
  // Where events are missing, no cell may be taken for removed: without a common base, each side's cells stay.
  const base = complete ? agreed : "";
  const { cells, conflicts } =
    base === undefined ? { cells: file.notebook.cells, conflicts: [] } : merged(base, own, file.notebook);
  const settings = file.notebook.settings ?? DEFAULT_SETTINGS;
  const replaced: SessionEvent = { type: "replaced", cells, settings };
  return happened(earlier, now, [replaced, ...conflicts.map((id) => noticeOf(bothChanged(id))), ...notices]);
}

function noticeOf(text: string): SessionEvent {
  return { type: "notice", level: "warn", text };
}

function happened(state: SessionState, time: number, events: readonly SessionEvent[]): SessionState {
  return events.reduce((before, event) => reduce(before, { seq: before.seq + 1, time, event }), state);
}

/** Cells without a name are recognised by their content. */
function merged(baseText: string, own: readonly Cell[], file: Notebook): Merged {
  const base = aligned(own, parseNotebook(baseText).cells);
  return mergeCells({ cells: base }, own, { ...file, cells: aligned(base, file.cells) });
}

/** Said when a cell was changed in the page and in the file. */
export function bothChanged(id: CellId): string {
  return `The cell ${id} was changed here and in the file at the same time. Both versions are kept: see ${id}-outside.`;
}

type LastState = {
  readonly state: SessionState;
  /** No event is missing. */
  readonly complete: boolean;
  readonly notice?: string;
};

/** The state at the end of the log, without a kernel. A log that cannot be used is put aside, not deleted. */
async function lastState(workspace: string, notebook: string, now: number): Promise<LastState> {
  const path = logPath(workspace, notebook);
  const log = await readLog(path);
  if (log.kind === "none") return { state: initialState(notebook), complete: true };
  const aside = `${path}.${new Date(now).toISOString().replace(/\D/g, "").slice(0, 14)}`;
  if (log.kind !== "read") {
    // In a folder that cannot be written, the log stays where it is, and the notebook opens read-only.
    const kept = await rename(path, aside).then(
      () => aside,
      () => path,
    );
    const why =
      log.kind === "other format"
        ? "were saved by another version of Palimpsest and cannot be shown"
        : `cannot be read: ${log.fault}`;
    const notice = `The outputs of this notebook ${why}. They are kept in ${basename(kept)}.`;
    return { state: initialState(notebook), complete: false, notice };
  }
  let state = replay(stateOf(log.parts), log.events);
  // If a log ends while the kernel was running, the server was killed.
  if (state.kernel.status === "ready") state = happened(state, now, await endsOfKilledRuns(workspace, state.runs));
  const ended = { type: "kernel-ended", cause: "closed", reason: "The workbench was closed." } as const;
  if (state.kernel.status !== "off") state = happened(state, now, [ended]);
  const [fault] = log.skipped;
  if (fault === undefined) return { state, complete: true };
  const kept = await copyFile(path, aside).then(
    () => aside,
    () => path,
  );
  const count = log.skipped.length === 1 ? "One line" : `${log.skipped.length} lines`;
  const notice = `${count} of the saved session could not be read and ${log.skipped.length === 1 ? "is" : "are"} left out (${fault}). The whole file is kept as ${basename(kept)}.`;
  return { state, complete: false, notice };
}
