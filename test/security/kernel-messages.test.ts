/** A cell shares its process with the channel to the server, and can send anything. The server lives, and so do all notebooks. */
import { afterEach, expect, it } from "vitest";
import { cell, closeAll, opened, printed, ran, workspaceOf } from "../server/session/workbench.ts";
import { until } from "../server/until.ts";

afterEach(closeAll);

it.each([
  'process.send("ready");',
  "process.send(null);",
  'process.send({ type: "no-such-event" });',
  'process.send({ type: "cell-settled" });',
  'process.send({ type: "run-rows", run: "__proto__", table: "rows", from: 0, rows: [] });',
  'process.send({ type: "cell-output", cell: "a", generation: 1, output: { kind: "plot", spec: null } });',
  'process.send({ type: "kernel-ended", cause: "died", reason: "" });',
  'process.send({ type: "tensors", total: 0, cells: { __proto__: null, a: 3 } });',
  'process.send({ type: "opened", path: "n.ts", cells: [], inputs: {} });',
])("%s is ignored, and the user is told", async (code) => {
  const workspace = await workspaceOf({
    "n.ts": `// %% a\n${code}\nconsole.log("through");\n\n// %% b\nconst b = 1;\n`,
  });
  const session = await opened(workspace);
  await ran(session);
  await until(() => session.state.notice !== undefined);
  expect(session.state.notice?.text).toMatch(/sent a message to the server that was ignored: .+process\.send/);
  expect([cell(session, "a").status, printed(session, "a")]).toEqual(["done", ["through"]]);
  expect(session.state.cells.map(({ cell: { id } }) => id)).toEqual(["a", "b"]);
  await ran(session, "b");
  expect(cell(session, "b").status).toBe("done");
});
