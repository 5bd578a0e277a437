/** Who owns tensors, who takes them over, what is reclaimed, and what stops a cell that asks for too much memory. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { FromKernel } from "../../../server/messages.ts";
import { until } from "../until.ts";
import { Stage } from "./stage.ts";

const PACKAGES = 'import * as tf from "@tensorflow/tfjs";\nimport { keep, onDispose, previous } from "palimpsest";';
const MB = 1_000_000;

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.open({}, "wasm", 400 * MB);
  await stage.run("packages", PACKAGES);
}, 60_000);
afterAll(() => stage.close());
afterEach(() => stage.tell({ type: "end", cells: ["c", "b", "a"] }));

const tensors = (): Promise<unknown> => stage.value("tf.memory().numTensors");
const message = async (cell: string, source: string): Promise<string | undefined> =>
  (await stage.run(cell, source)).error?.message;
function reported(): Extract<FromKernel, { type: "tensors" }> | undefined {
  const last = stage.said.findLast((each) => each.type === "tensors");
  return last?.type === "tensors" ? last : undefined;
}

describe("keep", () => {
  test("hands the tensors of a value over to the next generation, and those that it does not keep again are freed with it", async () => {
    const source = `const before = previous<{ list: tf.Tensor[]; named: Map<string, tf.Tensor> }>();
const sum = before ? before.list[0].add(before.named.get("v")!).dataSync()[0] : -1;
const kept = before ? undefined : keep({ list: [tf.scalar(1)], named: new Map([["v", tf.variable(tf.scalar(2), true, "kept")]]) });
const lost = tf.ones([3]);`;
    const empty = await tensors();
    await stage.run("a", source);
    expect(await stage.value("sum")).toBe(-1);
    await stage.run("a", source);
    expect(await stage.value("[sum, before.list[0].isDisposed]")).toEqual([3, false]);
    await stage.run("a", source);
    expect(await stage.value("[sum, before ?? 'nothing']")).toEqual([-1, "nothing"]);
    stage.tell({ type: "end", cells: ["a"] });
    stage.tell({ type: "forget", cells: ["a"] });
    expect(await tensors()).toBe(empty);
  });

  test("protects tensors from disposers, and leaves tensors of other cells to them", async () => {
    await stage.run("a", "const theirs = tf.scalar(5);");
    const source =
      "const old = previous<tf.Tensor[]>();\nconst mine = tf.scalar(7); onDispose(() => mine.dispose()); keep([mine, theirs]);";
    await stage.run("b", source);
    await stage.run("b", source);
    expect(await stage.value("[old[0].isDisposed, old[0].dataSync()[0], old[1] === theirs]")).toEqual([false, 7, true]);
    stage.tell({ type: "end", cells: ["b", "a"] });
    expect(await message("c", "await null; theirs;")).toMatch(/theirs has no value/);
  });
});

describe("a tensor that was freed", () => {
  test("names the generation that made it and the one that replaced that", async () => {
    await stage.run("box", "const box = new Map<string, tf.Tensor>();");
    await stage.run("maker", "const x = tf.ones([2, 3]);");
    await stage.run("b", "box.set('x', x);");
    await stage.run("maker", "const x = tf.ones([2, 3]);");
    for (const use of ["tf.add(box.get('x')!, 1);", "box.get('x')!.add(1);", "await box.get('x')!.data();"]) {
      expect(await message("b", `\n${use}`)).toBe(
        "This tensor (float32 [2, 3]) was made by generation 1 of the cell maker and freed when generation 2 of that cell started. " +
          "Use the tensor that the cell defines now, or hand this one over in that cell with keep(…).",
      );
    }
    expect(await message("own", "const t = tf.ones([4]); t.dispose(); tf.neg(t);")).toBe(
      "This tensor (float32 [4]), made by generation 1 of the cell own, was disposed.",
    );
  });
});

describe("unreachable tensors", () => {
  test("are freed when the cell is done, those of a scope and of a gradient included, and the ledger counts them", async () => {
    const before = reported()?.memory?.reclaimed.count ?? 0;
    const held = await tensors();
    await stage.run(
      "a",
      `for (let i = 0; i < 40; i++) tf.ones([100, 100]);
for (let i = 0; i < 40; i++) tf.tidy(() => tf.ones([10]).add(1));
tf.grad((x) => x.square())(tf.scalar(3));
const one = tf.ones([5]);`,
    );
    await until(() => (reported()?.memory?.reclaimed.count ?? 0) >= before + 82);
    expect(await tensors()).toBe((held as number) + 1);
    expect(reported()?.cells.a).toEqual({
      count: 1,
      bytes: 20,
      peak: expect.any(Number),
      largest: { shape: [5], dtype: "float32", bytes: 20 },
    });
    expect(await stage.value("[...one.dataSync()]")).toEqual([1, 1, 1, 1, 1]);
  });

  test("are freed when memory is short, while reachable ones keep their values", async () => {
    // 120 results of 10 MB with a budget of 400 MB. In a loop that never yields nothing would be reclaimed.
    const source = `const kept = tf.fill([10], 4);
for (let i = 0; i < 120; i++) { tf.fill([2_500_000], i); if (i % 10 === 9) await new Promise((go) => setTimeout(go)); }`;
    expect(await message("a", source)).toBeUndefined();
    expect(await stage.value("kept.sum().dataSync()[0]")).toBe(40);
  });
});

describe("the budget", () => {
  test("stops a cell before the memory is taken, names who holds how much, and the other cells keep their tensors", async () => {
    stage.tell({ type: "end", cells: ["maker", "box", "own"] });
    await stage.run("a", "const big = tf.fill([50_000_000], 1);");
    const { error } = await stage.run("b", "const small = tf.ones([10]);\n\n  tf.fill([100_000, 10_000], 2);");
    expect(error).toMatchObject({ position: { line: 3, column: 5 } });
    expect(error?.message).toMatch(
      /^A tensor of 4\.0 GB does not fit: tensors may use 400 MB, and 200 MB \(a 200 MB, b 40 B\) is in use\. .*--memory/,
    );
    expect(await message("b", "const one = tf.fill([60_000_000], 1);")).toMatch(/^A tensor of 240 MB does not fit/);
    expect(await message("b", "const data = tf.tensor(new Float32Array(60_000_000));")).toMatch(/does not fit/);
    // More than 32 bits can address.
    expect(await message("b", "tf.fill([40_000, 40_000], 1);")).toMatch(/^A tensor of 6\.4 GB does not fit/);
    expect(await stage.value("big.slice([49_999_999]).dataSync()[0]")).toBe(1);
    expect((await stage.run("b", "const fits = tf.fill([40_000_000], 1);")).status).toBe("done");
  });

  test("works on a backend that takes memory without notice", async () => {
    const other = await Stage.open({}, "cpu", 40 * MB);
    await other.run("packages", PACKAGES);
    for (const source of [
      "tf.fill([1e6, 1e6], 1);",
      "tf.ones([1e4, 1]).matMul(tf.ones([1, 1e5]));",
      "tf.ones([1e5, 1]).add(tf.ones([1, 1e5]));",
      "tf.ones([10]).tile([1e9]);",
      "tf.oneHot(tf.zeros([1e4], 'int32'), 1e6);",
      "tf.ones([6000, 1000]).concat(tf.ones([6000, 1000]));",
    ])
      expect((await other.run("a", source)).error?.message).toMatch(/does not fit: tensors may use 40\.0 MB/);
    expect(await other.value("tf.ones([3]).sum().dataSync()[0]")).toBe(3);
    await other.close();
  });

  test("leaves no tensors behind when it stops a product halfway", async () => {
    const before = await tensors();
    expect(await message("a", "tf.tidy(() => tf.ones([20_000, 1]).matMul(tf.ones([1, 20_000])));")).toMatch(
      /1\.6 GB does not fit/,
    );
    stage.tell({ type: "end", cells: ["a"] });
    expect(await tensors()).toBe(before);
  });
});

test("re-runs of a cell that makes 10 MB leave nothing behind", async () => {
  const source = "const made = tf.fill([2_500_000], 1);\nconst use = tf.tidy(() => made.slice([0], [10]).sum());";
  await stage.run("a", source);
  const [numTensors, numBytes, heap] = (await stage.value(
    "[tf.memory().numTensors, tf.memory().numBytes, (gc(), process.memoryUsage().heapUsed)]",
  )) as number[];
  for (let run = 0; run < 200; run += 1) stage.begin("a", source);
  expect((await stage.run("a", source)).status).toBe("done");
  const after = (await stage.value(
    "[tf.memory().numTensors, tf.memory().numBytes, (gc(), process.memoryUsage().heapUsed)]",
  )) as number[];
  expect(after.slice(0, 2)).toEqual([numTensors, numBytes]);
  expect(after[2]).toBeLessThan(1.2 * heap!);
});
