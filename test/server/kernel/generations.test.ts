/** What a generation owns, and what happens to it when it stops or ends: tensors, inputs, runs. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import type { FromKernel } from "../../../server/messages.ts";
import { Stage } from "./stage.ts";

const TF = 'import * as tf from "@tensorflow/tfjs";';
// As URLs: a path would make it a project file, and the cell would get its own copy.
// The cells import files of ours.
vi.stubEnv("PALIMPSEST_SOURCE", "1");
const HOST = `import { host } from ${JSON.stringify(new URL("../../../cells/host.ts", import.meta.url).href)};`;
const INPUT = `import { input } from ${JSON.stringify(new URL("../../../cells/show/input.ts", import.meta.url).href)};`;

/** A training of `steps` steps that only counts, as `train()` does: it yields before each step. */
const TRAINING = `
async function training(steps: number) {
  const run = host().startRun({ method: "count", steps, config: { rank: 4 } });
  let status: "done" | "stopped" | "failed" = "done";
  let message: string | undefined;
  try {
    for (let step = 1; step <= steps; step += 1) {
      await host().breathe();
      if (step === 50) throw new Error("diverged");
      run.row({ step, loss: 1 / step });
    }
  } catch (error) {
    status = run.signal.aborted ? "stopped" : "failed";
    message = run.signal.aborted ? undefined : (error as Error).message;
  }
  await run.file("adapter/config.json", "{}");
  await run.end(status, message);
}`;

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.open();
  await stage.run("packages", `${TF}\n${HOST}\n${INPUT}`);
});
afterAll(() => stage.close());
afterEach(() => stage.tell({ type: "end", cells: ["d", "c", "b", "a"] }));

/** The last report of the ledger, when nothing changes any more. */
async function holdings(): Promise<Extract<FromKernel, { type: "tensors" }>> {
  await new Promise((resolve) => setTimeout(resolve, 600));
  const last = stage.said.findLast((each) => each.type === "tensors");
  if (last?.type !== "tensors") throw new Error("The ledger has reported nothing.");
  return last;
}

describe("tensors", () => {
  test("are counted for the cell that made them, shared buffers once, temporaries not at all", async () => {
    await stage.run("a", "const base = tf.ones([10, 10]); const view = base.reshape([100]);");
    await stage.run("b", "const sum = tf.tidy(() => base.add(1).sum()); const again = base.clone();");
    const { total, cells } = await holdings();
    expect(cells).toEqual({
      a: { count: 2, bytes: 400, peak: 400, largest: { shape: [10, 10], dtype: "float32", bytes: 400 } },
      b: { count: 2, bytes: 4, peak: 404, largest: { shape: [], dtype: "float32", bytes: 4 } },
    });
    expect(total).toBe(404);
  });

  test("of an ended generation are freed, including variables and tensors made after an await", async () => {
    const source = "const v = tf.variable(tf.ones([4]), true, 'v'); await null; const w = tf.zeros([2]);";
    const before = await stage.value("tf.memory().numTensors");
    await stage.run("a", source);
    const once = await stage.value("tf.memory().numTensors");
    for (let again = 0; again < 5; again += 1) expect((await stage.run("a", source)).error).toBeUndefined();
    expect(await stage.value("tf.memory().numTensors")).toBe(once);
    stage.tell({ type: "end", cells: ["a"] });
    expect(await stage.value("tf.memory().numTensors")).toBe(before);
  });

  test("of a parent are the same objects with the same values when a descendant runs again", async () => {
    await stage.run("a", "const w = tf.tensor([1, 2, 3]); const first = w.dataId;");
    await stage.run("b", "const y = w.mul(2);");
    const before = (await holdings()).cells.a;
    await stage.run("b", "const y = w.mul(3);");
    expect(await stage.value("[w.dataId === first, w.isDisposed, [...w.dataSync()], [...y.dataSync()]]")).toEqual([
      true,
      false,
      [1, 2, 3],
      [3, 6, 9],
    ]);
    expect((await holdings()).cells.a).toEqual(before);
  });

  test("of a variable stay with the cell that made it when a descendant trains it", async () => {
    await stage.run("a", "const v = tf.variable(tf.scalar(2));");
    await stage.run("b", "tf.train.sgd(0.5).minimize(() => v.square().asScalar());");
    stage.tell({ type: "end", cells: ["b"] });
    expect(await stage.value("[v.isDisposed, v.dataSync()[0]]")).toEqual([false, 0]);
  });

  test("that an ended generation still makes are freed too", async () => {
    const before = await stage.value("tf.memory().numTensors");
    await stage.run("a", "setTimeout(() => tf.ones([8]), 20);");
    stage.tell({ type: "end", cells: ["a"] });
    await new Promise((resolve) => setTimeout(resolve, 80));
    expect(await stage.value("tf.memory().numTensors")).toBe(before);
  });
});

describe("inputs", () => {
  const range = (label: string) => `input.range("${label}", { min: 1, max: 64, step: 1, value: 16 })`;

  test("are named after their constants, take the user's value, and stay within their bounds", async () => {
    const source = `const rank: number = ${range("LoRA rank")}, other =\n  ${range("more")};\nconst inner = { x: ${range("In a record")} };`;
    await stage.run("a", source, { rank: 4, other: 1000 });
    const declared = stage.said.flatMap((each) =>
      each.type === "input-declared" && each.cell === "a" ? [[each.name, each.value, each.live]] : [],
    );
    expect(declared).toEqual([
      ["rank", 4, false],
      ["other", 64, false],
      ["In-a-record", 16, false],
    ]);
    expect(await stage.value("[rank, other, inner.x]")).toEqual([4, 64, 16]);
  });

  test("a change replaces the constant for the cells that run next, and nothing else", async () => {
    await stage.run("a", `const rank = ${range("rank")}; const made = Math.random();`);
    const made = await stage.value("made");
    stage.tell({ type: "input", cell: "a", name: "rank", value: 5 });
    expect(await stage.value("[rank, made]")).toEqual([5, made]);
  });

  test("a live input changes while a cell runs", async () => {
    await stage.run("a", 'const knob = input.live.range("knob", { min: 0, max: 4, step: 1, value: 2 });');
    const generation = stage.begin(
      "b",
      "const seen = [knob.value]; console.log('waits');\nwhile (knob.value === 2) await host().breathe();\nseen.push(knob.value);",
    );
    await stage.heard((each) => each.type === "cell-console" && each.cell === "b");
    stage.tell({ type: "input", cell: "a", name: "knob", value: 3 });
    expect((await stage.finished("b", generation)).status).toBe("done");
    expect(await stage.value("seen")).toEqual([2, 3]);
  });
});

describe("runs", () => {
  const begun = (cell: string, generation: number) =>
    stage.heard(
      (each): each is Extract<FromKernel, { type: "run-started" }> =>
        each.type === "run-started" && each.run.cell === cell && each.run.generation === generation,
    );

  async function record(cell: string, generation: number) {
    const started = await begun(cell, generation);
    const { id } = started.run;
    const ended = await stage.heard(
      (each): each is Extract<FromKernel, { type: "run-ended" }> => each.type === "run-ended" && each.run === id,
    );
    const file = (path: string) => readFile(join(stage.folder, started.run.folder, path), "utf8");
    const told = stage.said.flatMap((each) => (each.type === "run-rows" && each.run === id ? each.rows : []));
    const rows = (await file("rows.jsonl")).split("\n").filter(Boolean);
    return { run: started.run, ended, told, rows: rows.map((row) => JSON.parse(row)), file };
  }

  test("go on after the top level; the cell settles at once and finishes with its last run", async () => {
    const source = `${TRAINING}\nconst two = [training(8), training(3)];`;
    const generation = stage.begin("a", source);
    expect((await stage.finished("a", generation)).status).toBe("done");
    const kinds = stage.said.flatMap((each) =>
      ("cell" in each && each.cell === "a") || each.type.startsWith("run-") ? [each.type] : [],
    );
    expect(kinds.indexOf("cell-settled")).toBeLessThan(kinds.indexOf("run-rows"));
    expect(kinds.filter((kind) => kind === "run-ended")).toHaveLength(2);
    expect(kinds.lastIndexOf("run-ended")).toBeLessThan(kinds.lastIndexOf("cell-finished"));
    const { run, ended, told, rows, file } = await record("a", generation);
    expect(run).toMatchObject({ method: "count", steps: 8, config: { rank: 4 } });
    expect(ended.status).toBe("done");
    expect(rows).toHaveLength(8);
    expect(told).toEqual(rows);
    expect(JSON.parse(await file("run.json"))).toMatchObject({
      id: run.id,
      notebook: "notebook.ts",
      status: "done",
      seed: 7,
    });
    expect(await file("adapter/config.json")).toBe("{}");
  });

  test("are stopped at their next step, and the cell keeps its values", async () => {
    const generation = stage.begin(
      "a",
      `${TRAINING.replace("step === 50", "false")}\nconst kept = 1; void training(1e9);`,
    );
    const { run } = await begun("a", generation);
    await stage.heard((each) => each.type === "run-rows" && each.run === run.id && each.from > 5);
    stage.tell({ type: "stop", cell: "a" });
    expect((await stage.finished("a", generation)).status).toBe("stopped");
    expect(await stage.value("kept")).toBe(1);
    expect((await record("a", generation)).ended.status).toBe("stopped");
  });

  test("of an ended generation are stopped and take no more rows; disposers run", async () => {
    const endless = TRAINING.replace("step === 50", "false");
    const generation = stage.begin("a", `${endless}\nhost().onDispose(() => console.log("gone")); void training(1e9);`);
    await stage.run("b", "const dependent = 1;");
    stage.tell({ type: "end", cells: ["b", "a"] });
    expect((await stage.finished("a", generation)).status).toBe("stopped");
    const { told, rows, ended } = await record("a", generation);
    expect(ended.status).toBe("stopped");
    expect(told).toEqual(rows);
    expect(stage.console("a").map(({ text }) => text)).toContain("gone");
    await expect(stage.value("dependent")).rejects.toThrow("dependent");
  });

  test("that fail make their cell fail with their message", async () => {
    const generation = stage.begin("a", `${TRAINING}\nconst kept = 2; void training(60);`);
    expect(await stage.finished("a", generation)).toMatchObject({ status: "failed", error: { message: "diverged" } });
    expect(await stage.value("kept")).toBe(2);
  });
});

describe("a stop", () => {
  test("ends a top level at its next `breathe` or `await`, and the kernel goes on", async () => {
    for (const wait of ["for (;;) await host().breathe();", "await new Promise(() => {});"]) {
      const generation = stage.begin("a", `console.log("on");\n${wait}`);
      await stage.heard((each) => each.type === "cell-console" && each.cell === "a" && each.generation === generation);
      stage.tell({ type: "stop" });
      const { status, error } = await stage.finished("a", generation);
      expect([status, error]).toEqual(["stopped", undefined]);
    }
    expect(await stage.value("2 + 2")).toBe(4);
  });

  test("leaves a cell alone that is done", async () => {
    await stage.run("a", "const signal = host().signal;");
    stage.tell({ type: "stop" });
    expect(await stage.value("signal.aborted")).toBe(false);
    stage.tell({ type: "end", cells: ["a"] });
    await expect(stage.value("signal.aborted")).rejects.toThrow();
  });
});

describe("files", () => {
  test("lie in the workspace; paths are relative to the notebook", async () => {
    const source = (path: string) =>
      `await host().writeFile(${JSON.stringify(path)}, "text");\nconst read = new TextDecoder().decode(await host().readFile(${JSON.stringify(path)}));`;
    await stage.run("a", source("data/notes.txt"));
    expect(await stage.value("read")).toBe("text");
    const { error } = await stage.run("a", source("../outside.txt"));
    expect(error?.message).toContain("../outside.txt lies outside of the workspace");
  });

  test("of a missing model: the error names the folders that were tried", async () => {
    const { error } = await stage.run("a", 'await host().modelFolder("no-such-model");');
    expect(error?.message).toContain("experiments/models/no-such-model");
    expect(error?.message).toContain(`${stage.folder}/no-such-model`);
  });
});

test("an unknown backend gives one message", async () => {
  const other = await Stage.open({}, "quantum");
  expect(other.said[0]).toMatchObject({ type: "open-failed", message: expect.stringContaining('"quantum"') });
  await other.close();
});
