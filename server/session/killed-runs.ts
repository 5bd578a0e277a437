/**
 * The runs of a server that was killed. The log is written in batches, so it may lack the last rows that a page has seen. The
 * kernel writes each row into the run's folder before it sends it: from there they come back. The folder may come from
 * elsewhere, so its files are read like the log: only regular files inside the workspace, and only valid rows.
 */
import { realpath } from "node:fs/promises";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import type { SessionEvent } from "../events.ts";
import type { RunState, SessionState } from "../state/state.ts";
import type { LiveTable } from "../values.ts";
import { readRegularFile } from "./read-file.ts";
import { loggedEvent } from "./schema/events.ts";
import { checked } from "./schema/fault.ts";

/** In bytes; some 500,000 rows. */
const LARGEST = 100_000_000;
const MESSAGE = "The workbench was killed.";

/** @returns the events that the log lacks: the last rows of each run that was at work, and its end; it continues from its checkpoint */
export async function endsOfKilledRuns(
  workspace: string,
  runs: SessionState["runs"],
): Promise<readonly SessionEvent[]> {
  const events: SessionEvent[] = [];
  for (const run of Object.values(runs)) {
    if (run.status !== "running") continue;
    for (const table of ["rows", "probes"] as const) events.push(...(await unlogged(workspace, run, table)));
    events.push({ type: "run-ended", run: run.info.id, status: "interrupted", message: MESSAGE });
  }
  return events;
}

/** Nothing if the file does not continue the rows that are known: then the run was at another step, or it is another's file. */
async function unlogged(workspace: string, { info, ...run }: RunState, table: LiveTable): Promise<SessionEvent[]> {
  const path = join(workspace, info.folder, `${table}.jsonl`);
  const inside = await realpath(workspace);
  const bytes = await readRegularFile(path, { inside, most: LARGEST }).catch(() => undefined);
  if (!bytes) return [];
  // What follows the last line break is a line that was cut off, or nothing.
  const lines = bytes.toString("utf8").split("\n").slice(0, -1);
  const known = run[table];
  if (lines.length <= known.length) return [];
  try {
    const last = known.at(-1);
    if (last && !isDeepStrictEqual(JSON.parse(lines[known.length - 1]!), { ...last })) return [];
    const rows = lines.slice(known.length).map((line) => JSON.parse(line) as unknown);
    const event = { type: "run-rows", run: info.id, table, from: known.length, rows };
    const read = checked(loggedEvent, { seq: 1, time: 0, event });
    return "value" in read ? [read.value.event] : [];
  } catch {
    return [];
  }
}
