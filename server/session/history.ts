/** What a session starts with: the log of earlier sessions, condensed, and the cells as the notebook's file has them now. */
import { copyFile, rename } from "node:fs/promises";
import { basename, join } from "node:path";
import type { SessionEvent } from "../events.ts";
import { type NotebookSettings, USUAL } from "../notebook/source/settings.ts";
import type { Cell } from "../notebook/types.ts";
import { condense, type TimedEvent } from "../state/condense.ts";
import { initialState, reduce } from "../state/reducer.ts";
import type { SessionState } from "../state/state.ts";
import { readInputs } from "./inputs-file.ts";
import { readLog } from "./log.ts";

export function logPath(workspace: string, notebook: string): string {
  return join(workspace, ".palimpsest", "sessions", notebook.replace(/\.ts$/, ".jsonl"));
}

/**
 * The events that a session starts with.
 * @param cells undefined if the file cannot be read as a notebook; then the cells of the log stay
 * @param now milliseconds since 1970, for events whose own time is unknown
 */
export async function earlierEvents(
  workspace: string,
  notebook: string,
  cells: readonly Cell[] | undefined,
  now: number,
  settings: NotebookSettings = USUAL,
): Promise<readonly TimedEvent[]> {
  const { state, notice } = await lastState(workspace, notebook, now);
  const inputs = await readInputs(workspace, notebook);
  const said: TimedEvent[] = notice ? [{ time: now, event: { type: "notice", level: "warn", text: notice } }] : [];
  if (state.cells.length === 0)
    return [{ time: now, event: { type: "opened", path: notebook, cells: cells ?? [], inputs, settings } }, ...said];
  const events = condense({ ...state, path: notebook, inputValues: inputs }, now);
  return [...events, ...(cells ? [{ time: now, event: { type: "replaced", cells, settings } as const }] : []), ...said];
}

/** The state at the end of the log, without a kernel. A log that cannot be used is put aside, not deleted. */
async function lastState(
  workspace: string,
  notebook: string,
  now: number,
): Promise<{ readonly state: SessionState; readonly notice?: string }> {
  const path = logPath(workspace, notebook);
  const log = await readLog(path);
  const aside = `${path}.${new Date(now).toISOString().replace(/\D/g, "").slice(0, 14)}`;
  if (log.kind === "other format") {
    await rename(path, aside);
    const notice = `The outputs of this notebook were saved by another version of Palimpsest and cannot be shown. They are kept in ${basename(aside)}.`;
    return { state: initialState(notebook), notice };
  }
  let state = log.events.reduce(reduce, initialState(notebook));
  if (state.kernel.status === "ready") state = withRunsInterrupted(state, now);
  const ended = { type: "kernel-ended", cause: "closed", reason: "The workbench was closed." } as const;
  if (state.kernel.status !== "off") state = reduce(state, { seq: state.seq + 1, time: now, event: ended });
  const [fault] = log.skipped;
  if (fault === undefined) return { state };
  await copyFile(path, aside);
  const count = log.skipped.length === 1 ? "One line" : `${log.skipped.length} lines`;
  const notice = `${count} of the saved session could not be read and ${log.skipped.length === 1 ? "is" : "are"} left out (${fault}). The whole file is kept as ${basename(aside)}.`;
  return { state, notice };
}

/** A log that breaks off while the kernel was there is of a server that was killed: its runs continue from their checkpoints. */
function withRunsInterrupted(state: SessionState, time: number): SessionState {
  const message = "The workbench was killed.";
  const running = Object.values(state.runs).filter(({ status }) => status === "running");
  const ends = running.map(
    ({ info }): SessionEvent => ({ type: "run-ended", run: info.id, status: "interrupted", message }),
  );
  return ends.reduce((before, event) => reduce(before, { seq: before.seq + 1, time, event }), state);
}
