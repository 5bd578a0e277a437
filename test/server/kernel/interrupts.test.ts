/** Code that never yields is interrupted without ending its process, and other cells keep their values. */
import { readFile } from "node:fs/promises";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import type { FromKernel } from "../../../server/messages.ts";
import { Stage } from "./stage.ts";

// One cell imports a file of ours.
vi.stubEnv("PALIMPSEST_SOURCE", "1");

const TF = 'import * as tf from "@tensorflow/tfjs";';

type Ended = Extract<FromKernel, { type: "run-ended" }>;

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.open();
  await stage.run("packages", TF);
  await stage.run("held", "const held = tf.tensor([1, 2, 3]); const spin = (): never => { for (;;); };");
});
afterAll(() => stage.close());
afterEach(() => stage.tell({ type: "end", cells: ["after", "a"] }));

/** Starts a cell that would run for ever, waits until it prints, and stops it. */
async function stopped(source: string): Promise<void> {
  const generation = stage.begin(
    "a",
    `const mine = 1; console.log("on"); await new Promise((go) => setTimeout(go, 60));\n${source}`,
  );
  await stage.heard((each) => each.type === "cell-console" && each.cell === "a" && each.generation === generation);
  await new Promise((resolve) => setTimeout(resolve, 80));
  const asked = performance.now();
  stage.stop("a", generation);
  const { status, error } = await stage.finished("a", generation);
  expect([status, error]).toEqual(["stopped", undefined]);
  // A loop that is not interrupted would go on until the process is killed.
  expect(performance.now() - asked).toBeLessThan(2_000);
}

async function unharmed(): Promise<void> {
  expect(await stage.value("[process.pid, held.isDisposed, [...held.dataSync()]]")).toEqual([
    stage.pid,
    false,
    [1, 2, 3],
  ]);
  expect(
    await stage.value(
      "[tf.engine().state.scopeStack.length, tf.engine().state.gradientDepth, tf.engine().state.activeTape]",
    ),
  ).toEqual([0, 0, null]);
}

describe("a stop interrupts", () => {
  const loops: Readonly<Record<string, string>> = {
    "a loop that does nothing": "for (;;);",
    "a loop of microtasks": "for (;;) await null;",
    "a loop that catches everything": "for (;;) { try { JSON.parse('{'); } catch {} }",
    "a recursion that never ends": "const f = (n: number): number => (n < 2 ? n : f(n - 1) + f(n - 2));\nf(120);",
    "a loop in a function of another cell": "spin();",
    "a loop in a callback of a library": "[1].forEach(() => { while (true); });",
    "a loop of timers": "for (;;) await new Promise((go) => setTimeout(go, 1));",
    "a promise that never resolves": "await new Promise(() => {});",
    "tensor operations of code without checks":
      "const again = new Function('tf', 'for (;;) tf.ones([8]).add(1).dispose()');\nagain(tf);",
    "a gradient in the middle":
      "const again = new Function('tf', 'const x = tf.scalar(2); for (;;) tf.grad((x) => { let y = x; for (let i = 0; i < 500; i++) y = y.mul(1.001); return y; })(x).dispose()');\nagain(tf);",
  };
  test.each(Object.entries(loops))("%s", async (_, source) => {
    await stopped(source);
    await unharmed();
  });

  test("the same if code of the user listens to that signal; a signal that finds nothing to break off does no harm", async () => {
    await stage.run("b", 'process.on("SIGINT", () => {}); onDispose(() => process.removeAllListeners("SIGINT"));');
    await stage.run("c", "1;");
    const generation = stage.begin("a", "new Function('for (;;);')();");
    await new Promise((resolve) => setTimeout(resolve, 200));
    stage.stop("a", generation);
    expect((await stage.finished("a", generation)).status).toBe("stopped");
    stage.tell({ type: "end", cells: ["b"] });
    await unharmed();
    process.kill(stage.pid, "SIGINT");
    await unharmed();
  });

  test("code without checks before the first await, by a signal", async () => {
    const generation = stage.begin("a", "tf.tidy(() => { tf.ones([4]); new Function('for (;;);')(); });");
    await new Promise((resolve) => setTimeout(resolve, 200));
    stage.stop("a", generation);
    expect((await stage.finished("a", generation)).status).toBe("stopped");
    await unharmed();
  });
});

test("a cell that is busy runs again at once, with other code", async () => {
  const first = stage.begin("a", "console.log('on'); await null;\nfor (;;) tf.ones([8]).dispose();");
  await stage.heard((each) => each.type === "cell-started" && each.cell === "a" && each.generation === first);
  stage.interrupt("a", first);
  stage.tell({ type: "end", cells: ["a"] });
  expect((await stage.run("a", "const fixed = 2;")).status).toBe("done");
  expect(await stage.value("[fixed, process.pid]")).toEqual([2, stage.pid]);
});

test("an interrupt stops its own generation only: others go on, also in a function that both use", async () => {
  await stage.run(
    "other",
    "let turns = 0; const timer = setInterval(() => { for (let i = 0; i < 10; i++) turns++; tf.ones([1]).dispose(); }, 2); const count = () => turns;",
  );
  await stopped("for (;;);");
  const before = (await stage.value("count()")) as number;
  await new Promise((resolve) => setTimeout(resolve, 60));
  expect(await stage.value("count()")).toBeGreaterThan(before);
  stage.stop("a", 999);
  expect((await stage.run("after", "let s = 0; for (let i = 0; i < 1e5; i++) s += i;")).status).toBe("done");
  await stage.run("other", "clearInterval(timer);").catch(() => undefined);
  stage.tell({ type: "end", cells: ["other"] });
});

test("a stopped run can still compute what it needs to save its state", async () => {
  const host = JSON.stringify(new URL("../../../cells/host.ts", import.meta.url).href);
  const source = `import { host } from ${host};
const run = host().startRun({ method: "m", steps: 9, config: {} }, () => {});
const work = (async () => {
  try { for (;;) { await host().breathe(); tf.ones([4]).dispose(); } } catch {}
  await run.file("sum.txt", String(tf.ones([4]).sum().dataSync()[0]));
  await run.end("stopped");
})();
console.log("on");
await work;`;
  const generation = stage.begin("a", source);
  await stage.heard((each) => each.type === "cell-console" && each.cell === "a" && each.generation === generation);
  stage.stop("a", generation);
  const ended = await stage.heard((each): each is Ended => each.type === "run-ended");
  expect(ended.status).toBe("stopped");
  expect(await readFile(`${stage.folder}/.palimpsest/runs/${ended.run}/sum.txt`, "utf8")).toBe("4");
});
