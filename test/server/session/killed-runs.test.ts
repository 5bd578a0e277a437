/** The rows that a page saw just before its server was killed come back from the folder of the run. */
import { mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import type { SessionEvent } from "../../../server/events.ts";
import { earlierState, logPath } from "../../../server/session/history.ts";
import { FIRST_LINE } from "../../../server/session/log.ts";
import { partsOf } from "../../../server/state/parts.ts";
import { initialState, reduce } from "../../../server/state/reducer.ts";
import type { RunState } from "../../../server/state/state.ts";
import { workspaceOf } from "./workbench.ts";

const FOLDER = ".palimpsest/runs/r";
const rowsUpTo = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ step: index + 1, loss: 1 / (index + 1) }));
const asLines = (rows: readonly object[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join("");

/** A workspace as a killed server leaves it: three rows of its training are in the log. */
async function killed(): Promise<string> {
  const workspace = await workspaceOf({ "n.ts": "// %% a\n1\n", [`${FOLDER}/run.json`]: "{}" });
  const cell = { id: "a", kind: "code", source: "1", mode: "auto", options: {} } as const;
  const run = { id: "r", cell: "a", generation: 1, snapshot: "s", method: "m", steps: 9, config: {}, knobs: {} };
  const events: SessionEvent[] = [
    { type: "opened", path: "n.ts", cells: [cell], inputs: {} },
    { type: "kernel-starting" },
    { type: "kernel-ready", pid: 1, backend: "cpu", passedOver: [] },
    { type: "cell-started", cell: "a", generation: 1, snapshot: "s" },
    { type: "run-started", run: { ...run, folder: FOLDER } },
    { type: "run-rows", run: "r", table: "rows", from: 0, rows: rowsUpTo(3) },
  ];
  const state = events.reduce(
    (before, event) => reduce(before, { seq: before.seq + 1, time: 1, event }),
    initialState("n.ts"),
  );
  const log = logPath(workspace, "n.ts");
  await mkdir(join(log, ".."), { recursive: true });
  await writeFile(log, FIRST_LINE + asLines([...partsOf(state)]));
  return workspace;
}

async function reopened(workspace: string): Promise<RunState | undefined> {
  return (await earlierState(workspace, "n.ts", undefined, 1)).runs.r;
}

it("takes the rows and probes that the log lacks, but for a line that was cut off", async () => {
  const workspace = await killed();
  await writeFile(join(workspace, FOLDER, "rows.jsonl"), `${asLines(rowsUpTo(5))}{"step":6,"lo`);
  await writeFile(join(workspace, FOLDER, "probes.jsonl"), asLines([{ step: 4, exact: 0.5 }]));
  expect(await reopened(workspace)).toMatchObject({
    status: "interrupted",
    rows: rowsUpTo(5),
    probes: [{ step: 4, exact: 0.5 }],
  });
});

it.each<[string, string]>([
  ["other rows", asLines(rowsUpTo(5).map((row) => ({ ...row, loss: 7 })))],
  ["fewer rows", asLines(rowsUpTo(2))],
  ["what is not a row", `${asLines(rowsUpTo(4))}{"step":"x"}\n`],
  ["what is not JSON", `${asLines(rowsUpTo(4))}{{\n`],
])("keeps to the log where the file has %s", async (_, text) => {
  const workspace = await killed();
  await writeFile(join(workspace, FOLDER, "rows.jsonl"), text);
  expect(await reopened(workspace)).toMatchObject({ status: "interrupted", rows: rowsUpTo(3) });
});

it("does not read a link to a file outside of the workspace", async () => {
  const [workspace, outside] = await Promise.all([killed(), workspaceOf({ "rows.jsonl": asLines(rowsUpTo(5)) })]);
  await symlink(join(outside, "rows.jsonl"), join(workspace, FOLDER, "rows.jsonl"));
  expect((await reopened(workspace))?.rows).toEqual(rowsUpTo(3));
});
