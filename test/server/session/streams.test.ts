/** Streams in a real kernel: values that come one after another, and the cells that follow them. */

import { afterEach, expect, it } from "vitest";
import { heldValues } from "../../../server/state/cell-state.ts";
import { until } from "../until.ts";
import { cell, closeAll, opened, printed, ran, rest, workspaceOf } from "./workbench.ts";

afterEach(closeAll);

it("gives dependents the latest value, and skips values that came while they were running", async () => {
  const session = await opened(
    await workspaceOf({
      "n.ts": `// %% ticks
import { stream, show } from "palimpsest";
const seen: number[] = []; const n: number = stream(async function* () { for (let i = 1; seen.length < 4; i += 1) { yield i; await new Promise((next) => setTimeout(next, 5)); } }); const first = n;

// %% quick
const double = n * 2;

// %% slow
await new Promise((next) => setTimeout(next, 150));
seen.push(double / 2);

// %% apart
const other = 1;
`,
    }),
  );
  await session.request({ type: "run", cells: "all" });
  await until(() => cell(session, "slow").generation === 2);
  // The stream goes on: its cell is at work, although its values can be used.
  expect(cell(session, "ticks")).toMatchObject({ status: "running", values: { settled: true }, stale: false });
  expect(cell(session, "quick").stale).toBe(false);
  await rest(session);
  await ran(session, "apart");
  await session.request({
    type: "insert",
    after: "apart",
    kind: "code",
    source: "console.log(JSON.stringify([seen, double, first]))",
  });
  await ran(session, "cell-1");
  const [seen, double, first] = JSON.parse(printed(session, "cell-1")[0] ?? "") as [number[], number, number];
  expect(first).toBe(1);
  expect(seen.at(-1)).toBe(double / 2);
  expect(seen).toEqual([...seen].sort((a, b) => a - b));
  expect(heldValues(cell(session, "ticks"))?.streams?.n).toBe(double / 2);
  expect(seen.length).toBeLessThan(double / 2);
  expect(cell(session, "apart").generation).toBe(2);
  expect(session.state.cells.map((each) => [each.status, each.stale])).toEqual(Array(5).fill(["done", false]));
});

it("ends with its generation: the `finally` of the generator runs at its `yield`", async () => {
  const workspace = await workspaceOf({
    "n.ts": `// %% endless
import { signal, stream } from "palimpsest";
const stop = signal();
const tick = stream(async function* () {
  let i = 0;
  try { for (;;) { yield i++; await null; } }
  finally { console.log("left", i > 1, stop.aborted); }
});

// %% user
const seen = tick;
`,
  });
  const session = await opened(workspace);
  await session.request({ type: "run", cells: "all" });
  await until(
    () => (heldValues(cell(session, "endless"))?.streams?.tick ?? 0) > 100 && cell(session, "user").generation > 2,
  );
  await session.request({ type: "stop", cell: "endless" });
  await rest(session);
  expect(cell(session, "endless").status).toBe("stopped");
  await until(() => printed(session, "endless")[0] === "left true true");
  // What it gave can still be used.
  await ran(session, "user");
  expect(cell(session, "user").status).toBe("done");
});

it("fails its cell when the generator fails, with the line; dependents keep the last value", async () => {
  const session = await opened(
    await workspaceOf({
      "n.ts": `// %% broken
import { stream } from "palimpsest";
const x = stream(async function* () {
  yield 1;
  throw new RangeError("too far");
});

// %% user
console.log(x);

// %% none
const y = stream(function* (): Generator<number> {});

// %% apart
const list = [stream(function* () { yield 1; })];
`,
    }),
  );
  await ran(session);
  expect(cell(session, "broken")).toMatchObject({
    status: "failed",
    error: { message: "RangeError: too far", position: { line: 4, column: 8 } },
  });
  expect(cell(session, "user")).toMatchObject({ status: "done" });
  expect(printed(session, "user")).toEqual(["1"]);
  expect(cell(session, "none").error?.message).toBe(
    "The stream y ended without a value. Its generator must yield one.",
  );
  expect(cell(session, "apart").error).toMatchObject({
    message: expect.stringMatching(/whole value of a constant/),
    position: { line: 1, column: 14 },
  });
});
