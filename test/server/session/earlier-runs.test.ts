/** Which runs of an earlier process come into a new session. The folder may come from elsewhere. */
import { mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { earlierRuns } from "../../../server/session/earlier-runs.ts";
import { workspaceOf } from "./workbench.ts";

const run = {
  id: "r",
  cell: "a",
  snapshot: "s",
  method: "m",
  steps: 9,
  config: {},
  knobs: {},
  status: "running",
  checkpoints: [{ step: 3, marked: false }],
};
const RUNS = ".palimpsest/runs";

it("brings a run with a checkpoint, as an interrupted one", async () => {
  const workspace = await workspaceOf({ [`${RUNS}/r/run.json`]: JSON.stringify(run) });
  expect(await earlierRuns(workspace, ["r"])).toMatchObject([
    { type: "run-started", run: { id: "r", cell: "a", snapshot: "s", folder: `${RUNS}/r`, generation: 0 } },
    { type: "run-ended", run: "r", status: "interrupted" },
  ]);
});

it("leaves out what has no checkpoint, is missing, is no run, or leads outside of the workspace", async () => {
  const workspace = await workspaceOf({
    [`${RUNS}/new/run.json`]: JSON.stringify({ ...run, id: "new", checkpoints: [] }),
    [`${RUNS}/odd/run.json`]: JSON.stringify({ ...run, id: "odd", steps: "many" }),
    [`${RUNS}/half/run.json`]: '{"id":',
    "elsewhere/run.json": JSON.stringify(run),
  });
  const outside = await workspaceOf({ "run.json": JSON.stringify(run) });
  await mkdir(join(workspace, RUNS, "link"));
  await symlink(join(outside, "run.json"), join(workspace, RUNS, "link", "run.json"));
  await writeFile(join(workspace, RUNS, "file"), "");
  const ids = ["new", "odd", "half", "missing", "link", "file", "../../elsewhere", ""];
  expect(await earlierRuns(workspace, ids)).toEqual([]);
});
