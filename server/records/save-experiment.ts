/**
 * Saves an experiment from the session of a page: a record of the cells as they are now, with what they used, their runs and what
 * they show: of chosen cells alone, only what these used. Nobody followed the session, so the record is made of its state and of the folders of its runs. Numbers of code
 * that has changed since are left out: a record must be one that can be repeated.
 */
import { join } from "node:path";
import type { Used } from "../messages.ts";
import { printNotebook } from "../notebook/source/print.ts";
import type { CellId } from "../notebook/types.ts";
import { markOf } from "../session/file-state.ts";
import { outputsOf } from "../session/outputs.ts";
import type { Session } from "../session/session.ts";
import { isRunOfPresentCode, stateOfCells, type Unfinished, unfinishedCells, valuesToSave } from "../state/saving.ts";
import type { SessionState } from "../state/state.ts";
import type { InputValue } from "../values.ts";
import type { ExperimentRecord } from "./record.ts";
import { Recorder } from "./recorder.ts";

export type Experiment = {
  readonly workspace: string;
  /** The notebook that the record holds: the session's own, or the new one of the chosen cells. */
  readonly path: string;
  readonly cells: readonly CellId[];
  readonly name: string;
  readonly note: string;
};

/** `changed`: data files that were changed after they were read. The record has them as they are now, so its numbers may differ. */
export type SavedRecord = { readonly folder: string; readonly changed: readonly string[] };

/** @throws if it cannot be written */
export async function saveExperiment(session: Session, experiment: Experiment): Promise<SavedRecord> {
  const { workspace, path, cells, name, note } = experiment;
  const state = presentState(session.state, cells);
  const unfinished = unfinishedCells(state, cells);
  const recorder = await Recorder.begin({
    ...{ workspace, path, seed: session.seed, inputs: valuesToSave(state), text: notebookOf(state) },
    ...(name !== "" && { name }),
    ...(note !== "" && { note }),
  });
  const used = session.used.filter(({ cell }) => cell === undefined || !isLeftOut(session.state, cells, cell));
  try {
    await recorder.take(state, used);
    await recorder.finish(state, statusOf(unfinished), await outputsOf(session, state));
  } catch (error) {
    await recorder.discard();
    throw error;
  }
  const changed = recorder.data.filter((path) => hasChanged(used, join(workspace, path)));
  return { folder: recorder.folder, changed };
}

/** A cell that was deleted or renamed may be the one that a chosen cell's values come from. */
function isLeftOut({ places }: SessionState, chosen: readonly CellId[], cell: CellId): boolean {
  return places.has(cell) && !chosen.includes(cell);
}

function hasChanged(used: readonly Used[], place: string): boolean {
  return used.some(
    (each) =>
      each.type === "file-used" && each.path === place && (each.mark ?? "") !== "" && markOf(place) !== each.mark,
  );
}

/** The chosen cells as a notebook of their own: its text, and the values of its inputs. */
export function notebookOfCells(
  state: SessionState,
  cells: readonly CellId[],
): { readonly text: string; readonly inputs: Readonly<Record<string, InputValue>> } {
  const own = stateOfCells(state, cells);
  return { text: notebookOf(own), inputs: valuesToSave(own) };
}

/** Stale cells show nothing, and have no runs. */
function presentState(whole: SessionState, ids: readonly CellId[]): SessionState {
  const state = stateOfCells(whole, ids);
  const stale = new Set(unfinishedCells(state, ids).flatMap(({ cell, why }) => (why === "stale" ? [cell] : [])));
  const cells = state.cells.map((each) =>
    stale.has(each.cell.id) ? { ...each, outputs: [], results: [], console: [] } : each,
  );
  return {
    ...state,
    cells,
    runs: Object.fromEntries(Object.entries(state.runs).filter(([, run]) => isRunOfPresentCode(run, state))),
    results: cells.flatMap(({ results }) => results),
  };
}

function notebookOf({ cells, settings }: SessionState): string {
  return printNotebook({ cells: cells.map(({ cell }) => cell), settings });
}

/** A failure can be repeated. What was stopped or has not run to its end has only the beginnings of its runs to compare. */
function statusOf(unfinished: readonly Unfinished[]): ExperimentRecord["status"] {
  if (unfinished.length === 0) return "done";
  return unfinished.every(({ why }) => why === "failed") ? "failed" : "stopped";
}
