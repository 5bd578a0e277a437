/** A notebook before anything runs, and the hash of all its code: what a sweep knows its entries by. */
import { basename, dirname } from "node:path";
import { textDigest } from "../notebook/language/text-digest.ts";
import { flagged } from "../notebook/source/head.ts";
import type { Notebook } from "../notebook/types.ts";
import { readNotebook } from "../session/notebook-reading.ts";
import { initialState, reduce } from "../state/reducer.ts";
import type { SessionState } from "../state/state.ts";
import { ImportFaults } from "./import-faults.ts";

/** The notebook as a session sees it before anything runs, with the files that it imports. @throws if it cannot be read */
export async function unrunState(notebook: string, file: string): Promise<SessionState> {
  const found = await readNotebook(file);
  if ("fault" in found) throw new Error(`${notebook}: ${found.fault}`);
  return unrunOf(basename(file), found.notebook, new ImportFaults(dirname(file)));
}

export function unrunOf(path: string, { cells, settings }: Notebook, imports: ImportFaults): SessionState {
  const opened = { type: "opened", path, cells, inputs: {}, ...(settings && { settings }) } as const;
  const state = reduce(initialState(path), { seq: 1, time: 0, event: opened });
  const files = imports.filesOf(state.cells.flatMap(({ analysis }) => analysis ?? []));
  return reduce(state, { seq: 2, time: 0, event: { type: "files-read", files } });
}

/** What the numbers of a run follow from, apart from settings and seed: the code of the cells that run, and the imported files. */
export function snapshotOf({ cells }: SessionState): string {
  const code = cells.filter(({ cell, analysis }) => analysis && !flagged(cell, "disabled"));
  return textDigest(code.map(({ snapshot }) => snapshot).join("\n"));
}
