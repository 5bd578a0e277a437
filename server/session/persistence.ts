/**
 * What outlives the server about a notebook: its log and the values of its inputs, as plain files under `.palimpsest/`.
 * Values of inputs have a file of their own, so that a person or a headless run can read them without the log.
 */
import { mkdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { SessionEvent } from "../events.ts";
import { type NotebookSettings, DEFAULT_SETTINGS } from "../notebook/source/settings.ts";
import type { Cell } from "../notebook/types.ts";
import { condense, type TimedEvent } from "../state/condense.ts";
import { initialState, reduce } from "../state/reducer.ts";
import type { SessionState } from "../state/state.ts";
import type { InputValue } from "../values.ts";
import { writeAtomically } from "./file.ts";
import { readLog } from "./log.ts";

export type Inputs = Readonly<Record<string, InputValue>>;

export function logPath(workspace: string, notebook: string): string {
  return join(workspace, ".palimpsest", "sessions", notebook.replace(/\.ts$/, ".jsonl"));
}

export function inputsPath(workspace: string, notebook: string): string {
  return join(workspace, ".palimpsest", "inputs", notebook.replace(/\.ts$/, ".json"));
}

/** The values that pages have set. A file that is missing or was spoilt by hand counts as empty. */
export async function readInputs(workspace: string, notebook: string): Promise<Inputs> {
  const text = await readFile(inputsPath(workspace, notebook), "utf8").catch(() => "{}");
  try {
    const values: unknown = JSON.parse(text);
    if (typeof values !== "object" || values === null) return {};
    return Object.fromEntries(
      Object.entries(values).filter(
        ([, value]) => ["number", "string", "boolean"].includes(typeof value) || Array.isArray(value),
      ),
    );
  } catch {
    return {};
  }
}

export async function writeInputs(workspace: string, notebook: string, inputs: Inputs): Promise<void> {
  const path = inputsPath(workspace, notebook);
  await mkdir(dirname(path), { recursive: true });
  await writeAtomically(path, `${JSON.stringify(inputs, null, 2)}\n`);
}

/**
 * The events that a session begins with: what is left to say of the log of earlier ones, and the cells as the file has
 * them now. `cells` is undefined when the file cannot be read as a notebook; then the cells of the log stand.
 */
export async function remembered(
  workspace: string,
  notebook: string,
  cells: readonly Cell[] | undefined,
  now: number,
  settings: NotebookSettings = DEFAULT_SETTINGS,
): Promise<readonly TimedEvent[]> {
  let past = initialState(notebook);
  for (const logged of await readLog(logPath(workspace, notebook))) past = reduce(past, logged);
  const ended = { type: "kernel-ended", cause: "closed", reason: "The workbench was closed." } as const;
  if (past.kernel.status === "ready") past = withRunsCut(past, now);
  if (past.kernel.status !== "off") past = reduce(past, { seq: past.seq + 1, time: now, event: ended });
  const inputs = await readInputs(workspace, notebook);
  if (past.cells.length === 0)
    return [{ time: now, event: { type: "opened", path: notebook, cells: cells ?? [], inputs, settings } }];
  const events = condense({ ...past, path: notebook, inputValues: inputs }, now);
  return cells ? [...events, { time: now, event: { type: "replaced", cells, settings } }] : events;
}

/** A log that breaks off while the kernel was there is of a server that was killed: its runs go on from their checkpoints. */
function withRunsCut(state: SessionState, time: number): SessionState {
  const message = "The workbench was killed.";
  const going = Object.values(state.runs).filter(({ status }) => status === "running");
  const cut = going.map(
    ({ info }): SessionEvent => ({ type: "run-ended", run: info.id, status: "interrupted", message }),
  );
  return cut.reduce((before, event) => reduce(before, { seq: before.seq + 1, time, event }), state);
}
