/**
 * The trainings of a headless process that was cut off, for the process that goes on from there. They come into the new session
 * as interrupted runs: a training that its cell starts again, with the same snapshot and description, continues in the old
 * run's folder from its last checkpoint. A training that had ended is taken up at its last checkpoint too: what is left to do
 * from there is short, and its model is there again.
 */
import { join } from "node:path";
import type { SessionEvent } from "../events.ts";
import { readRegularFile } from "./read-file.ts";
import { loggedEvent } from "./schema/events.ts";
import { checked } from "./schema/fault.ts";

/** Relative to the workspace. */
const RUNS = ".palimpsest/runs";
/** In bytes. */
const LARGEST = 20e6;
const ID = /^[\w.-]+$/;

/** @param workspace its real path. @returns the events that bring the runs into a session; runs that cannot be read are left out */
export async function earlierRuns(workspace: string, ids: readonly string[]): Promise<readonly SessionEvent[]> {
  const found = await Promise.all(ids.map((id) => earlierRun(workspace, id)));
  return found.flat();
}

async function earlierRun(workspace: string, id: string): Promise<readonly SessionEvent[]> {
  if (!ID.test(id)) return [];
  const folder = `${RUNS}/${id}`;
  try {
    const bytes = await readRegularFile(join(workspace, folder, "run.json"), { inside: workspace, most: LARGEST });
    const { cell, snapshot, method, steps, config, knobs, parent, checkpoints } = JSON.parse(bytes.toString("utf8"));
    if (!Array.isArray(checkpoints) || checkpoints.length === 0) return [];
    const run = { id, cell, generation: 0, snapshot, method, steps, config, knobs, folder, ...(parent && { parent }) };
    const read = checked(loggedEvent, { seq: 1, time: 0, event: { type: "run-started", run } });
    if (!("value" in read)) return [];
    return [read.value.event, { type: "run-ended", run: id, status: "interrupted", message: "It was cut off." }];
  } catch {
    return [];
  }
}
