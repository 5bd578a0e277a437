/** What cells show, whole: large outputs are read from the disk. */
import type { SessionState } from "../state/state.ts";
import type { CellOutputs, Output } from "../values.ts";
import type { Session } from "./session.ts";

/** @param state of the session, or of some of its cells */
export function outputsOf(session: Session, { cells }: Pick<SessionState, "cells">): Promise<readonly CellOutputs[]> {
  const full = async (output: Output): Promise<Output> => {
    const text = output.kind === "blob" ? await session.blob(output.hash) : undefined;
    return text === undefined ? output : JSON.parse(text);
  };
  return Promise.all(
    cells.map(async ({ cell, outputs }) => ({ cell: cell.id, outputs: await Promise.all(outputs.map(full)) })),
  );
}
