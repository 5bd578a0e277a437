/** What a session starts with: the log of earlier sessions, condensed, and the cells as the notebook's file has them now. */
import { copyFile, rename } from "node:fs/promises";
import { basename, join } from "node:path";
import type { SessionEvent } from "../events.ts";
import { aligned } from "../notebook/source/align.ts";
import { parseNotebook } from "../notebook/source/parse.ts";
import { DEFAULT_SETTINGS } from "../notebook/source/settings.ts";
import type { Cell, CellId, Notebook } from "../notebook/types.ts";
import { condense, type TimedEvent } from "../state/condense.ts";
import { type Merged, mergeCells } from "../state/merge-cells.ts";
import { initialState, reduce } from "../state/reducer.ts";
import type { SessionState } from "../state/state.ts";
import { readInputs } from "./inputs-file.ts";
import { readLog } from "./log.ts";
import { readRegularFile } from "./read-file.ts";

export function logPath(workspace: string, notebook: string): string {
  return join(workspace, ".palimpsest", "sessions", notebook.replace(/\.ts$/, ".jsonl"));
}

/** The notebook's text on which file and session last agreed. It shows which of the two was edited since. */
export function agreedPath(workspace: string, notebook: string): string {
  return join(workspace, ".palimpsest", "sessions", notebook.replace(/\.ts$/, ".agreed.ts"));
}

/** @returns undefined if there is no such text, or if it is not a file */
export async function readAgreed(workspace: string, notebook: string): Promise<string | undefined> {
  const bytes = await readRegularFile(agreedPath(workspace, notebook), { most: 32e6 }).catch(() => undefined);
  return bytes?.toString("utf8");
}

/**
 * The events that a session starts with. An edit that was logged and not yet written to the file is not lost: the log's cells
 * stay where the file is as it was; where both changed, they are merged cell by cell.
 * @param file undefined if it cannot be read as a notebook; then the cells of the log stay
 * @param now milliseconds since 1970, for events whose own time is unknown
 */
export async function earlierEvents(
  workspace: string,
  notebook: string,
  file: { readonly text: string; readonly notebook: Notebook } | undefined,
  now: number,
): Promise<readonly TimedEvent[]> {
  const { state, notice } = await lastState(workspace, notebook, now);
  const timed = (event: SessionEvent): TimedEvent => ({ time: now, event });
  const notices = notice ? [timed({ type: "notice", level: "warn", text: notice })] : [];
  const stored = await readInputs(workspace, notebook);
  if (state.cells.length === 0) {
    const { cells = [], settings = DEFAULT_SETTINGS } = file?.notebook ?? {};
    return [timed({ type: "opened", path: notebook, cells, inputs: stored, settings }), ...notices];
  }
  // The log is written first, so its values are the newer ones.
  const inputs = { ...stored, ...state.inputValues };
  const events = condense({ ...state, path: notebook, inputValues: inputs }, now);
  const agreed = await readAgreed(workspace, notebook);
  if (!file || file.text === agreed) return [...events, ...notices];
  const own = state.cells.map(({ cell }) => cell);
  const { cells, conflicts } =
    agreed === undefined ? { cells: file.notebook.cells, conflicts: [] } : merged(agreed, own, file.notebook);
  const both = conflicts.map((id) => timed({ type: "notice", level: "warn", text: bothChanged(id) }));
  const settings = file.notebook.settings ?? DEFAULT_SETTINGS;
  return [...events, timed({ type: "replaced", cells, settings }), ...both, ...notices];
}

/** Cells without a name are recognised by their content. */
function merged(agreed: string, own: readonly Cell[], file: Notebook): Merged {
  const base = aligned(own, parseNotebook(agreed).cells);
  return mergeCells({ cells: base }, own, { ...file, cells: aligned(base, file.cells) });
}

/** Said when a cell was changed in the page and in the file. */
export function bothChanged(id: CellId): string {
  return `The cell ${id} was changed here and in the file at the same time. Both versions are kept: see ${id}-outside.`;
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
    // In a folder that cannot be written, the log stays where it is, and the notebook opens read-only.
    const kept = await rename(path, aside).then(
      () => aside,
      () => path,
    );
    const notice = `The outputs of this notebook were saved by another version of Palimpsest and cannot be shown. They are kept in ${basename(kept)}.`;
    return { state: initialState(notebook), notice };
  }
  let state = log.events.reduce(reduce, initialState(notebook));
  if (state.kernel.status === "ready") state = withRunsInterrupted(state, now);
  const ended = { type: "kernel-ended", cause: "closed", reason: "The workbench was closed." } as const;
  if (state.kernel.status !== "off") state = reduce(state, { seq: state.seq + 1, time: now, event: ended });
  const [fault] = log.skipped;
  if (fault === undefined) return { state };
  const kept = await copyFile(path, aside).then(
    () => aside,
    () => path,
  );
  const count = log.skipped.length === 1 ? "One line" : `${log.skipped.length} lines`;
  const notice = `${count} of the saved session could not be read and ${log.skipped.length === 1 ? "is" : "are"} left out (${fault}). The whole file is kept as ${basename(kept)}.`;
  return { state, notice };
}

/** If a log ends while the kernel was running, the server was killed: the runs continue from their checkpoints. */
function withRunsInterrupted(state: SessionState, time: number): SessionState {
  const message = "The workbench was killed.";
  const running = Object.values(state.runs).filter(({ status }) => status === "running");
  const ends = running.map(
    ({ info }): SessionEvent => ({ type: "run-ended", run: info.id, status: "interrupted", message }),
  );
  return ends.reduce((before, event) => reduce(before, { seq: before.seq + 1, time, event }), state);
}
