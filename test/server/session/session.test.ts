import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { openSession } from "../../../server/session/open.ts";
import type { Session } from "../../../server/session/session.ts";
import { reduce } from "../../../server/state/reducer.ts";
import { cellState } from "../../../server/state/state.ts";
import { until } from "../until.ts";

const open: Session[] = [];

afterEach(async () => {
  for (const session of open.splice(0)) await session.close();
});

async function opened(text: string, grace?: number): Promise<Session> {
  const workspace = await mkdtemp(join(tmpdir(), "session-"));
  await writeFile(join(workspace, "n.ts"), text);
  return reopened(workspace, grace);
}

async function reopened(workspace: string, grace?: number): Promise<Session> {
  const session = await openSession({
    workspace,
    path: "n.ts",
    seed: 1,
    backend: "cpu",
    use: { kind: "page" },
    ...(grace && { grace }),
  });
  open.push(session);
  return session;
}

function status(session: Session, id: string): string | undefined {
  return cellState(session.state, id)?.status;
}

it("runs a notebook, gives a late listener the same state, and restores it after a restart", async () => {
  const workspace = await mkdtemp(join(tmpdir(), "session-"));
  await writeFile(
    join(workspace, "n.ts"),
    '// %% knobs\nimport { input } from "palimpsest";\nconst n = input.number("n", { value: 4 });\n\n// %% user\nconsole.log("n is", n);\nn * 2\n',
  );
  const session = await reopened(workspace);
  const first = session.state;
  await session.request({ type: "run", cells: "all" });
  await until(() => status(session, "user") === "done");
  await session.request({ type: "input", cell: "knobs", name: "n", value: 5 });
  await until(() => status(session, "user") === "done" && cellState(session.state, "user")?.generation === 2);
  expect(JSON.stringify(cellState(session.state, "user")?.outputs)).toContain('"10"');
  expect(cellState(session.state, "user")?.console.map((line) => line.text.trim())).toEqual(["n is 5"]);
  expect(cellState(session.state, "knobs")?.generation).toBe(1);

  const events = session.eventsAfter(first.seq) ?? [];
  expect(events.map((logged) => logged.seq)).toEqual(events.map((_, index) => first.seq + index + 1));
  expect(events.reduce(reduce, first)).toEqual(session.state);
  await session.close();

  expect(JSON.parse(await readFile(join(workspace, ".palimpsest/inputs/n.json"), "utf8"))).toEqual({ n: 5 });
  const again = await reopened(workspace);
  expect(cellState(again.state, "user")?.outputs).toEqual(cellState(session.state, "user")?.outputs);
  expect(cellState(again.state, "user")).toMatchObject({ status: "idle", stale: true, generation: 2 });
  await again.request({ type: "run", cells: ["user"] });
  await until(() => status(again, "user") === "done");
  expect(JSON.stringify(cellState(again.state, "user")?.outputs)).toContain('"10"');
});

it("ends a kernel that is in a call which never returns, with a notice, and runs the fixed cell in a new one", async () => {
  // Behind an `await` no signal reaches it either.
  const caught = "await null; Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, before - 1);";
  const session = await opened(`// %% before\nconst before = 1;\n\n// %% loop\n${caught}\n`, 400);
  await session.request({ type: "run", cells: ["loop"] });
  await until(() => status(session, "loop") === "running");
  await session.request({ type: "stop" });
  await until(() => session.state.notice !== undefined);
  expect(session.state.notice?.text).toMatch(/loop could not be interrupted.*A new kernel is starting/);
  expect(status(session, "loop")).toBe("stopped");
  expect(cellState(session.state, "before")).toMatchObject({ status: "idle", stale: true });

  await session.request({ type: "run", cells: ["loop"] });
  await until(() => status(session, "loop") === "running");
  await session.request({ type: "edit", cell: "loop", source: "const loop = before + 1;", by: "me" });
  await session.request({ type: "run", cells: ["loop"] });
  await until(() => status(session, "loop") === "done");
  expect(status(session, "before")).toBe("done");
});

it("says how the kernel died, keeps the outputs, and starts a new one on request", async () => {
  const session = await opened(
    '// %% shown\nconst shown = "kept";\nshown\n\n// %% death\nshown; (await import("node:child_process")).spawn("kill", ["-KILL", String(process.pid)]); await new Promise(() => {});\n',
  );
  await session.request({ type: "run", cells: "all" });
  await until(() => session.state.notice !== undefined);
  expect(session.state.notice?.text).toMatch(/was killed.*A new kernel is starting/);
  expect(cellState(session.state, "death")).toMatchObject({
    status: "failed",
    error: { message: expect.stringMatching(/killed/) },
  });
  expect(cellState(session.state, "shown")).toMatchObject({ status: "idle", stale: true });
  expect(cellState(session.state, "shown")?.outputs).toHaveLength(1);
  await session.request({ type: "run", cells: ["shown"] });
  await until(() => status(session, "shown") === "done");
});

it("restarts the kernel on request: a new process without values", async () => {
  const session = await opened("// %% a\nconst a = 1;\n");
  await session.request({ type: "run", cells: "all" });
  await until(() => status(session, "a") === "done");
  const before = session.state.kernel.status === "ready" && session.state.kernel.pid;
  await session.request({ type: "restart-kernel" });
  await until(() => session.state.kernel.status === "ready");
  expect(session.state.kernel.status === "ready" && session.state.kernel.pid).not.toBe(before);
  expect(cellState(session.state, "a")).toMatchObject({ status: "idle", stale: true });
});

it("puts a removed cell back with its options, and only if its id is free", async () => {
  const session = await opened('// %% a\nconst a = 1;\n\n// %% b mode=manual code=folded note="two words"\na;\n');
  const cells = () => session.state.cells.map((each) => each.cell);
  const before = cells();
  await session.request({ type: "remove", cell: "b" });
  await session.request({ type: "put-back", cell: before[1]!, after: "a" });
  expect(cells()).toEqual(before);
  await expect(session.request({ type: "put-back", cell: before[1]!, after: "a" })).rejects.toThrow(/already called b/);
  const forged = { ...before[1]!, id: "c", options: { code: "folded\nconst stolen = 1;" } };
  await expect(session.request({ type: "put-back", cell: forged, after: "a" })).rejects.toThrow(
    /invalid options in its/,
  );
});

it("refuses requests of a page that is out of date", async () => {
  const session = await opened("// %% a\nconst a = 1;\n");
  await expect(session.request({ type: "run", cells: ["gone"] })).rejects.toThrow(/cell gone no longer exists/);
  await expect(session.request({ type: "input", cell: "a", name: "n", value: 1 })).rejects.toThrow(/no input n/);
  await expect(session.request({ type: "rename", cell: "a", to: "not a name" })).rejects.toThrow(
    /is not a valid name for a cell/,
  );
});
