/** A cell shares its process with the channel to the server, and can write anything to it. The server lives, and so do all notebooks. */
import { afterEach, expect, it } from "vitest";
import { cell, closeAll, opened, printed, ran, workspaceOf } from "../server/session/workbench.ts";
import { until } from "../server/until.ts";

afterEach(closeAll);

/** Code that writes to the channel. */
const writes = (text: string): string => `import { writeSync } from "node:fs";\nwriteSync(3, ${text});`;

it.each([
  '"ready"',
  "null",
  '{ type: "no-such-event" }',
  '{ type: "cell-settled" }',
  '{ type: "run-rows", run: "__proto__", table: "rows", from: 0, rows: [] }',
  '{ type: "cell-output", cell: "a", generation: 1, output: { kind: "plot", spec: null } }',
  '{ type: "kernel-ended", cause: "died", reason: "" }',
  '{ type: "tensors", total: 0, cells: JSON.parse(\'{ "__proto__": null, "a": 3 }\') }',
  '{ type: "opened", path: "n.ts", cells: [], inputs: {} }',
])("the message %s is ignored, and the user is told", async (message) => {
  const workspace = await workspaceOf({
    "n.ts": `// %% a\n${writes(`JSON.stringify(${message}) + "\\n"`)}\nconsole.log("through");\n\n// %% b\nconst b = 1;\n`,
  });
  const session = await opened(workspace);
  await ran(session);
  await until(() => session.state.notice !== undefined);
  expect(session.state.notice?.text).toMatch(/sent a message to the server that was ignored: .+ file descriptor 3/);
  expect([cell(session, "a").status, printed(session, "a")]).toEqual(["done", ["through"]]);
  expect(session.state.cells.map(({ cell: { id } }) => id)).toEqual(["a", "b"]);
  await ran(session, "b");
  expect(cell(session, "b").status).toBe("done");
});

it.each([
  ["bytes that are no text", "Buffer.from([0, 255, 254, 10])"],
  ["text that is not JSON", '"hello\\n"'],
  ["the beginning of a message", `'{"type":"kernel-rea'`],
])("%s end at most this kernel, with an explanation; other notebooks go on", async (_, bytes) => {
  const notebook = `// %% a\n${writes(bytes)}\nawait new Promise((go) => setTimeout(go, 30));\nconsole.log("on");\nawait new Promise((go) => setTimeout(go, 5000));\n`;
  const session = await opened(await workspaceOf({ "n.ts": notebook }));
  const other = await opened(await workspaceOf({ "n.ts": "// %% a\nconst n = 1; console.log(n);\n" }));
  await ran(other);
  await session.request({ type: "run", cells: "all" });
  await until(() => session.state.kernel.status === "ended");
  expect(session.state.notice?.text).toMatch(
    /^The kernel was ended: it sent bytes that are not a message: .*file descriptors 3 and 4\. The cell a was running\./,
  );
  expect(cell(session, "a").status).toBe("failed");
  await ran(other, "a");
  expect([cell(other, "a").generation, printed(other, "a")]).toEqual([2, ["1"]]);
});

it("a cell that closes the channel ends its kernel, with an explanation", async () => {
  const session = await opened(
    await workspaceOf({
      "n.ts": '// %% a\nimport { closeSync } from "node:fs";\ncloseSync(3);\nawait new Promise(() => {});\n',
    }),
  );
  await session.request({ type: "run", cells: "all" });
  await until(() => session.state.kernel.status === "ended");
  expect(session.state.notice?.text).toMatch(/^The kernel .*(?:channel|exit code|SIGKILL)/);
});

it("a library that sends word to a process manager finds none", async () => {
  const session = await opened(
    await workspaceOf({
      "n.ts": '// %% a\nprocess.send?.("ready"); console.log(typeof process.send, process.connected);\n',
    }),
  );
  await ran(session);
  expect([printed(session, "a"), session.state.notice]).toEqual([["undefined undefined"], undefined]);
});
