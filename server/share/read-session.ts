/**
 * Reads what a notebook shows from the log of its session, without opening the session: a server may be working with it, and
 * nothing is run, moved or written. The notebook's file may be newer than the log; then its cells count, and what they showed
 * before is marked as stale.
 */
import { join } from "node:path";
import type { SessionEvent } from "../events.ts";
import { aligned } from "../notebook/source/align.ts";
import { DEFAULT_SETTINGS } from "../notebook/source/settings.ts";
import { Blobs, blobFolder } from "../session/blobs.ts";
import { logPath } from "../session/history.ts";
import { readNotebook } from "../session/notebook-reading.ts";
import { readLog } from "../session/read-log.ts";
import { stateOf } from "../state/parts.ts";
import { reduce } from "../state/reducer.ts";
import { replay } from "../state/replay.ts";
import type { SessionState } from "../state/state.ts";
import type { CellOutputs, Output } from "../values.ts";
import { sharedSession } from "./from-session.ts";
import { withoutMachine } from "./machine-names.ts";
import type { Shared } from "./shared.ts";

/**
 * @param changes what has changed since the session ended, such as imported files
 * @returns undefined if the notebook has no session, or nothing in it has run
 * @throws if its log cannot be read
 */
export async function readSession(
  workspace: string,
  path: string,
  changes: (state: SessionState) => readonly SessionEvent[] = () => [],
): Promise<Shared | undefined> {
  const log = await readLog(logPath(workspace, path));
  if (log.kind === "none") return undefined;
  if (log.kind === "other format")
    throw new Error(
      `The session of ${path} was saved by another version of Palimpsest. Open the notebook with this one.`,
    );
  if (log.kind === "damaged") throw new Error(`The session of ${path} cannot be read: ${log.fault}.`);
  const logged = replay(stateOf(log.parts), log.events);
  if (logged.cells.every(({ generation, madeWith }) => generation === 0 && madeWith === undefined)) return undefined;
  const present = await withPresentCells(logged, workspace, path);
  const state = changes(present).reduce(applied, present);
  const blobs = new Blobs(
    blobFolder(workspace, path),
    () => state,
    () => undefined,
  );
  return sharedState(state, workspace, (hash) => blobs.read(hash));
}

/** @param blob reads a large output */
export async function sharedState(
  state: SessionState,
  workspace: string,
  blob: (hash: string) => Promise<string | undefined>,
): Promise<Shared> {
  const whole = async (output: Output): Promise<Output> => {
    const text = output.kind === "blob" ? await blob(output.hash) : undefined;
    return text === undefined ? output : JSON.parse(text);
  };
  const outputs: CellOutputs[] = await Promise.all(
    state.cells.map(async ({ cell, outputs }) => ({ cell: cell.id, outputs: await Promise.all(outputs.map(whole)) })),
  );
  return withoutMachine(sharedSession(state, outputs), { workspace, path: state.path });
}

async function withPresentCells(state: SessionState, workspace: string, path: string): Promise<SessionState> {
  const read = await readNotebook(join(workspace, path));
  if ("fault" in read) throw new Error(`${path}: ${read.fault}`);
  const { cells, settings = DEFAULT_SETTINGS } = read.notebook;
  const own = state.cells.map(({ cell }) => cell);
  return applied(state, { type: "replaced", cells: aligned(own, cells), settings });
}

function applied(state: SessionState, event: SessionEvent): SessionState {
  return reduce(state, { seq: state.seq + 1, time: 0, event });
}
