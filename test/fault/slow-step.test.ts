/** A kernel that does not react may be in a long step: no value is lost before somebody agrees. */
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { openSession } from "../../server/session/open.ts";
import type { Session } from "../../server/session/session.ts";
import { alive } from "../../server/state/freshness.ts";
import { cellState, type RunState } from "../../server/state/state.ts";
import { tinyBase, training } from "../server/kernel/tiny-training.ts";
import { until } from "../server/until.ts";

const open: Session[] = [];
afterEach(async () => {
  for (const session of open.splice(0)) await session.close();
});

/** Something in the training's cell keeps the kernel busy now and then. */
async function opened(busy: string): Promise<{ session: Session; workspace: string; pid: number }> {
  const workspace = await mkdtemp(join(tmpdir(), "slow-"));
  const cells = `// %% base\n${await tinyBase(workspace)}\n\n// %% training\nimport { existsSync, rmSync } from "node:fs";
const block = (ms: number) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
${busy}
${training(5_000)}\n`;
  await writeFile(join(workspace, "n.ts"), cells);
  const use = { kind: "page" } as const;
  const session = await openSession({ workspace, path: "n.ts", seed: 1, backend: "wasm", use, grace: 120 });
  open.push(session);
  await session.request({ type: "run", cells: "all" });
  await until(() => (run(session)?.rows.length ?? 0) > 3, 60);
  const { kernel } = session.state;
  if (kernel.status !== "ready") throw new Error("There is no kernel.");
  return { session, workspace, pid: kernel.pid };
}

const run = (session: Session): RunState | undefined => Object.values(session.state.runs)[0];
const pidOf = ({ state }: Session): number | undefined =>
  state.kernel.status === "ready" ? state.kernel.pid : undefined;

const SLOW_STEPS = "const slow = setInterval(() => block(150), 1);";
const ON_CUE = `const cue = setInterval(() => {
  if (!existsSync("block")) return;
  rmSync("block");
  block(3_000);
}, 20);`;

it("a stop in a training with slow steps waits for the step, and keeps model, values and adapter", async () => {
  const { session, pid } = await opened(SLOW_STEPS);
  await session.request({ type: "stop" });
  await until(() => run(session)?.status === "stopped", 80);
  expect(session.state).not.toHaveProperty("question");
  expect(pidOf(session)).toBe(pid);
  expect(["base", "training"].map((id) => alive(cellState(session.state, id)!))).toEqual([true, true]);
}, 120_000);

it("a step that is longer than any before leads to a question, which goes when the step ends", async () => {
  const { session, workspace, pid } = await opened(ON_CUE);
  await writeFile(join(workspace, "block"), "");
  await new Promise((resolve) => setTimeout(resolve, 300));
  await session.request({ type: "stop", cell: "training" });
  await until(() => session.state.question !== undefined, 5);
  expect(session.state.question).toMatchObject({ about: "unresponsive", cell: "training" });
  await session.request({ type: "decide", accept: false });
  await until(() => run(session)?.status === "stopped", 30);
  expect(session.state).not.toHaveProperty("question");
  expect(pidOf(session)).toBe(pid);
  expect(alive(cellState(session.state, "base")!)).toBe(true);
}, 120_000);

it("ends the kernel when the user agrees; the training continues from its last checkpoint", async () => {
  const { session, workspace, pid } = await opened(ON_CUE.replace("3_000", "60_000"));
  await writeFile(join(workspace, "block"), "");
  await new Promise((resolve) => setTimeout(resolve, 300));
  await session.request({ type: "stop", cell: "training" });
  await until(() => session.state.question !== undefined, 5);
  await session.request({ type: "decide", accept: true });
  await until(() => pidOf(session) !== undefined && pidOf(session) !== pid, 30);
  expect(session.state).not.toHaveProperty("question");
  expect(run(session)).toMatchObject({ status: "interrupted" });
  expect(session.state.notice?.text).toContain("training could not be interrupted");
}, 120_000);
