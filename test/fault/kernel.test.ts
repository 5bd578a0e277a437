/** Everything that can happen to a kernel happens to a real one, under a real session; the session reports it and goes on. */
import { spawn } from "node:child_process";
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import type { LoggedEvent } from "../../server/events.ts";
import { openSession } from "../../server/session/open.ts";
import type { Session } from "../../server/session/session.ts";
import type { CellState } from "../../server/state/cell-state.ts";
import { cellState } from "../../server/state/state.ts";
import { until } from "../server/until.ts";

const open: Session[] = [];
afterEach(async () => {
  for (const session of open.splice(0)) await session.close();
});

async function opened(text: string, options: { grace?: number; memory?: number } = {}): Promise<Session> {
  const workspace = await mkdtemp(join(tmpdir(), "fault-"));
  await writeFile(join(workspace, "n.ts"), text);
  const session = await openSession({
    workspace,
    path: "n.ts",
    seed: 1,
    backend: "cpu",
    use: { kind: "page" },
    ...options,
  });
  open.push(session);
  return session;
}

const cell = (session: Session, id: string): CellState => cellState(session.state, id)!;
const pid = ({ state: { kernel } }: Session): number | undefined =>
  kernel.status === "ready" ? kernel.pid : undefined;
const gone = (process_: number): boolean => {
  try {
    return !process.kill(process_, 0);
  } catch {
    return true;
  }
};

const BUSY = `// %% shown
import * as tf from "@tensorflow/tfjs";
const shown = tf.tensor([1, 2, 3]);
"shown once"

// %% busy
shown; console.log("on"); await null;
for (;;) await new Promise((go) => setTimeout(go, 5));
`;

/** Runs all cells until the busy one is at work. */
async function busy(session: Session): Promise<void> {
  await session.request({ type: "run", cells: "all" });
  await until(() => cell(session, "busy").console.length > 0);
}

describe("kill -9 while a cell runs", () => {
  test("the page is told, outputs stay, a new kernel starts, and the next run works in it", async () => {
    const session = await opened(BUSY);
    const told: LoggedEvent[] = [];
    session.subscribe((events) => told.push(...events));
    await busy(session);
    const first = pid(session)!;
    process.kill(first, "SIGKILL");
    await until(() => session.state.notice !== undefined);
    expect(session.state.notice).toMatchObject({
      level: "error",
      text: expect.stringMatching(/^The kernel was killed.*A new kernel is starting/),
    });
    expect(told.map(({ event }) => event.type)).toContain("kernel-ended");
    expect(cell(session, "busy")).toMatchObject({
      status: "failed",
      error: { message: expect.stringMatching(/killed/) },
    });
    expect(cell(session, "shown")).toMatchObject({ status: "idle", stale: true, tensors: { bytes: 0 } });
    expect(JSON.stringify(cell(session, "shown").outputs)).toContain("shown once");
    await until(() => pid(session) !== undefined);
    expect(pid(session)).not.toBe(first);
    await session.request({
      type: "edit",
      cell: "busy",
      source: "const sum = shown.sum().dataSync()[0]; sum",
      by: "test",
    });
    await session.request({ type: "run", cells: ["busy"] });
    await until(() => cell(session, "busy").status === "done");
    expect(JSON.stringify(cell(session, "busy").outputs)).toContain('"6"');
  });

  test("a kernel that held no values is not restarted automatically", async () => {
    const session = await opened(
      '// %% death\n(await import("node:child_process")).spawn("kill", ["-TERM", String(process.pid)]); await new Promise(() => {});\n',
    );
    await session.request({ type: "run", cells: "all" });
    await until(() => session.state.kernel.status === "ended");
    expect(session.state.notice?.text).toBe("The kernel was ended by the signal SIGTERM. The cell death was running.");
  });
});

describe("code that never yields", () => {
  test.each([
    ["a loop", "for (;;);"],
    ["a loop of microtasks", "for (;;) await null;"],
    ["a loop of tensor operations", "for (;;) shown.square().dispose();"],
  ])("%s is stopped, and after an edit stopped again, in the same process", async (_, loop) => {
    const session = await opened(
      BUSY.replace(
        "for (;;) await new Promise((go) => setTimeout(go, 5));",
        `await new Promise((go) => setTimeout(go, 100));\n${loop}`,
      ),
    );
    await busy(session);
    const first = pid(session);
    await new Promise((resolve) => setTimeout(resolve, 150));
    await session.request({ type: "stop" });
    await until(() => cell(session, "busy").status === "stopped", 2);
    await session.request({ type: "run", cells: ["busy"] });
    await until(() => cell(session, "busy").console.length > 0 && cell(session, "busy").status === "running");
    await new Promise((resolve) => setTimeout(resolve, 150));
    await session.request({
      type: "edit",
      cell: "busy",
      source: "const kept = [...shown.dataSync()]; kept.join()",
      by: "test",
    });
    await session.request({ type: "run", cells: ["busy"] });
    await until(() => cell(session, "busy").status === "done", 4);
    expect(JSON.stringify(cell(session, "busy").outputs)).toContain("1,2,3");
    expect(pid(session)).toBe(first);
    expect(cell(session, "shown").generation).toBe(1);
  });

  test("a call that never returns ends with its process after the grace time", async () => {
    const session = await opened(
      BUSY.replace("for (;;)", "Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);\nfor (;;)"),
      { grace: 300 },
    );
    await session.request({ type: "run", cells: "all" });
    await until(() => cell(session, "busy").status === "running");
    // It cannot send messages any more.
    await new Promise((resolve) => setTimeout(resolve, 200));
    const first = pid(session)!;
    await session.request({ type: "stop" });
    await until(() => session.state.notice !== undefined);
    expect(session.state.notice?.text).toMatch(/^The cell busy could not be interrupted/);
    expect(cell(session, "busy").status).toBe("stopped");
    await until(() => gone(first) && pid(session) !== undefined);
  });
});

describe("memory", () => {
  test("an allocation beyond the budget fails its cell, says which cells hold how much, and leaves other cells alone", async () => {
    const session = await opened(
      '// %% held\nimport * as tf from "@tensorflow/tfjs";\nconst held = tf.ones([1e6]);\n\n// %% much\nheld; tf.fill([1e6, 1e4], 1);\n',
      { memory: 50e6 },
    );
    await session.request({ type: "run", cells: "all" });
    await until(() => cell(session, "much").status === "failed");
    expect(cell(session, "much").error).toMatchObject({
      message: expect.stringMatching(
        /A tensor of 40\.0 GB does not fit: tensors may use 50\.0 MB, and 4\.0 MB \(held 4\.0 MB\) is in use/,
      ),
      position: { line: 1, column: 9 },
    });
    await until(() => session.state.memory?.budget === 50e6);
    expect(cell(session, "held").status).toBe("done");
  });

  test("a kernel with a full heap reports that it ran out of memory", async () => {
    const before = process.env.NODE_OPTIONS;
    process.env.NODE_OPTIONS = "--max-old-space-size=150";
    try {
      const session = await opened(
        "// %% a\nconst a = 1;\n\n// %% full\nconst all: string[][] = [];\nwhile (a) all.push(new Array(1e5).fill('x' + all.length));\n",
      );
      await session.request({ type: "run", cells: "all" });
      await until(() => session.state.notice !== undefined);
      expect(session.state.notice?.text).toMatch(
        /^The kernel ran out of memory\. The cell full was running\. A new kernel is starting/,
      );
      expect(cell(session, "full").status).toBe("failed");
    } finally {
      if (before === undefined) delete process.env.NODE_OPTIONS;
      else process.env.NODE_OPTIONS = before;
    }
  });
});

test("a kernel exits with its server, even when it is in a loop", async () => {
  const workspace = await mkdtemp(join(tmpdir(), "orphan-"));
  await writeFile(
    join(workspace, "n.ts"),
    "// %% busy\nconsole.log('pid', process.pid); await new Promise((go) => setTimeout(go, 200));\nfor (;;);\n",
  );
  const main = new URL("../../server/palimpsest.mjs", import.meta.url).pathname;
  const server = spawn(process.execPath, [main, "run", join(workspace, "n.ts"), "--backend", "cpu"], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let text = "";
  for (const pipe of [server.stdout, server.stderr]) pipe.on("data", (chunk: Buffer) => (text += chunk.toString()));
  await until(() => /pid \d+/.test(text));
  const kernel = Number(/pid (\d+)/.exec(text)?.[1]);
  await new Promise((resolve) => setTimeout(resolve, 400));
  expect(gone(kernel)).toBe(false);
  server.kill("SIGKILL");
  await until(() => gone(kernel), 10);
});

test("work that goes on after its generation is reported once, with what it is and whose", async () => {
  const notices: string[] = [];
  const session = await opened(`// %% clock
const timer = setInterval(() => {}, 10);
const later = setTimeout(() => {}, 10);

// %% chain
const again = (): void => void setTimeout(again, 10);
again();

// %% child
import { spawn } from "node:child_process";
import { onDispose } from "palimpsest";
const left = spawn("sleep", ["600"], { stdio: "ignore" });
const kept = spawn("sleep", ["600"], { stdio: "ignore" });
onDispose(() => kept.kill());
left.pid
`);
  session.subscribe((events) => {
    for (const { event } of events) if (event.type === "notice") notices.push(event.text);
  });
  await session.request({ type: "run", cells: "all" });
  const ended = (): boolean => session.state.cells.every(({ status }) => status === "done" || status === "failed");
  await until(ended);
  expect(session.state.cells.map(({ status, error }) => error?.message ?? status)).toEqual(["done", "done", "done"]);
  const output = JSON.stringify(cell(session, "child").outputs);
  const left = Number(/"text":"(\d+)"/.exec(output)?.[1]);
  for (const id of ["clock", "chain", "child"]) await session.request({ type: "remove", cell: id });
  await until(() => notices.length >= 3);
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(notices.sort()).toEqual([
    "A timer (setInterval) of generation 1 of the cell clock is still running although the generation has ended. Stop it in the cell: onDispose(() => clearInterval(timer)).",
    "A timer (setTimeout) of generation 1 of the cell chain is still running although the generation has ended. Stop it in the cell: onDispose(() => clearTimeout(timer)).",
    `The process ${left} (sleep), started by generation 1 of the cell child, is still running although the generation has ended. Stop it in the cell: onDispose(() => child.kill()).`,
  ]);
  process.kill(left);
});
