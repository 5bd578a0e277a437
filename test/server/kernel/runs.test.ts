/** Runs in a real kernel: steered by messages, recorded in their folders, continued by the next execution of their cell. */
import { readdir, readFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { RunInfo } from "../../../server/events.ts";
import type { FromKernel } from "../../../server/messages.ts";
import type { RunChange, RunOrder } from "../../../server/values.ts";
import { Stage } from "./stage.ts";
import { tinyBase, training } from "./tiny-training.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.open({}, "wasm");
  const { error } = await stage.run("base", await tinyBase(stage.folder));
  expect(error).toBeUndefined();
}, 60_000);
afterAll(() => stage.close());
afterEach(() => stage.tell({ type: "end", cells: ["b", "a"] }));

type Said<T extends FromKernel["type"]> = Extract<FromKernel, { type: T }>;

async function begun(cell: string, generation: number): Promise<RunInfo> {
  const { run } = await stage.heard(
    (each): each is Said<"run-started"> =>
      each.type === "run-started" && each.run.cell === cell && each.run.generation === generation,
  );
  return run;
}

const steer = (run: RunInfo, order: RunOrder): void => stage.tell({ type: "steer", run: run.id, order });
const changed = (run: RunInfo, is: (change: RunChange) => boolean) =>
  stage.heard((each) => each.type === "run-changed" && each.run === run.id && is(each.change));
const rowsFrom = (run: RunInfo, from: number) =>
  stage.heard((each) => each.type === "run-rows" && each.run === run.id && each.table === "rows" && each.from >= from);
const ended = (run: RunInfo) =>
  stage.heard((each): each is Said<"run-ended"> => each.type === "run-ended" && each.run === run.id);
const text = (run: RunInfo, file: string): Promise<string> => readFile(join(stage.folder, run.folder, file), "utf8");
async function lines(run: RunInfo, table: string): Promise<{ step: number; [column: string]: unknown }[]> {
  const all = await text(run, `${table}.jsonl`);
  return all
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}
/** Without rates, which differ from run to run. */
const numbers = (rows: readonly object[]): object[] =>
  rows.map((row) => Object.fromEntries(Object.entries(row).filter(([column]) => column !== "tokensPerSecond")));

describe("a steered run", () => {
  test("pauses, rewinds, is forked and stopped by messages, and its files agree with the messages", async () => {
    const generation = stage.begin("a", training(100_000, ", checkpointEvery: 20"));
    const run = await begun("a", generation);
    expect(run).toMatchObject({ snapshot: "s", knobs: { weight: 1, learningRate: 0.02 } });
    await rowsFrom(run, 70);
    steer(run, { type: "pause" });
    await changed(run, ({ kind }) => kind === "pause");
    const told = stage.said.findLast(
      (each): each is Said<"run-checkpoints"> => each.type === "run-checkpoints" && each.run === run.id,
    )!;
    const steps = told.checkpoints.map(({ step }) => step);
    expect(steps).toHaveLength(3);
    const files = async () => (await readdir(join(stage.folder, run.folder, "checkpoints"))).sort();
    const to = steps[1]!;
    steer(run, { type: "rewind", to });
    await stage.heard((each) => each.type === "run-rewound" && each.change.to === to);
    await changed(run, ({ kind, step }) => kind === "pause" && step === to);
    expect((await lines(run, "rows")).map(({ step }) => step)).toEqual(Array.from({ length: to }, (_, at) => at + 1));
    expect((await lines(run, "events")).map(({ kind }) => kind)).toEqual(["rewind", "pause"]);
    expect(await files()).toEqual(steps.slice(0, 2).map((step) => `${step}.safetensors`));
    steer(run, { type: "checkpoint" });
    await stage.heard((each) => each.type === "run-checkpoints" && each.checkpoints.at(-1)?.marked === true);
    steer(run, { type: "fork", at: to, knobs: { weight: 0 } });
    const { run: fork } = await stage.heard(
      (each): each is Said<"run-started"> => each.type === "run-started" && each.run.parent !== undefined,
    );
    expect(fork.parent).toEqual({ run: run.id, step: to, asked: true });
    await rowsFrom(fork, to + 5);
    for (const each of [run, fork]) steer(each, { type: "stop" });
    await Promise.all([ended(run), ended(fork)]);
    expect(await stage.finished("a", generation)).toMatchObject({ status: "stopped" });
    expect(stage.outputs("a")).toContainEqual({ kind: "run", run: fork.id });
    const forked = await lines(fork, "rows");
    expect(numbers(forked.slice(0, to))).toEqual(numbers(await lines(run, "rows")));
    expect(forked[to]).toMatchObject({ step: to + 1 });
    const about = JSON.parse(await text(fork, "run.json"));
    expect(about).toMatchObject({ parent: { run: run.id, step: to }, status: "stopped", cell: "a" });
    expect(Object.keys(about.seconds)).toEqual(["steps", "probes", "checkpoints"]);
    expect(about.seconds.steps).toBeGreaterThan(0);
    expect((await lines(fork, "events")).slice(-3).map(({ kind }) => kind)).toEqual(["fork", "knob", "stop"]);
    // A finished cell's run can still be forked: the cell runs again until the fork has ended.
    steer(run, { type: "fork", at: to, knobs: {} });
    const third = await stage.heard(
      (each): each is Said<"run-started"> =>
        each.type === "run-started" && each.run.parent !== undefined && each.run.id !== fork.id,
    );
    steer(third.run, { type: "stop" });
    await ended(third.run);
    const finishes = () => stage.said.filter((each) => each.type === "cell-finished" && each.cell === "a");
    await stage.heard(() => finishes().length === 2);
  });

  test("says in run.json what it found before its first step", async () => {
    const generation = stage.begin("a", training(2));
    const run = await begun("a", generation);
    await ended(run);
    const alert = {
      step: 0,
      name: "warm-up",
      message: expect.stringMatching(/warm-up has 2 steps and the training 2/),
    };
    expect(JSON.parse(await text(run, "run.json")).alerts).toEqual([alert]);
    expect((await lines(run, "events"))[0]).toMatchObject({ kind: "alert", ...alert });
  });

  test("is replayed from run.json and events.jsonl, and gives the same rows.jsonl", async () => {
    const generation = stage.begin("a", training(100_000, ", checkpointEvery: 10"));
    const run = await begun("a", generation);
    for (const value of [0.5, 2, 0.25]) {
      const at = stage.said.length;
      await stage.heard((each) => each.type === "run-rows" && stage.said.indexOf(each) > at + 5);
      stage.tell({ type: "input", cell: "base", name: "weight", value });
      await changed(run, (change) => change.kind === "knob" && change.value === value);
    }
    steer(run, { type: "pause" });
    await changed(run, ({ kind }) => kind === "pause");
    steer(run, { type: "step", steps: 4 });
    const paused = stage.said.findIndex((each) => each.type === "run-changed" && each.change.kind === "pause");
    const later = (each: FromKernel): boolean => stage.said.indexOf(each) > paused;
    await stage.heard((each) => later(each) && each.type === "run-changed" && each.change.kind === "pause");
    steer(run, { type: "resume" });
    const last = stage.said.findLast((each) => each.type === "run-rows" && each.run === run.id);
    await rowsFrom(run, (last?.type === "run-rows" ? last.from : 0) + 10);
    steer(run, { type: "stop" });
    await ended(run);
    const kinds = (await lines(run, "events")).map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === "knob")).toHaveLength(3);
    expect(kinds).toContain("pause");
    expect(kinds.at(-1)).toBe("stop");
    stage.tell({ type: "input", cell: "base", name: "weight", value: 9 });
    const again = stage.begin(
      "b",
      `import { runRecord } from "palimpsest";
const record = await runRecord(${JSON.stringify(run.id)});
${training(100_000).replace("const run", "const again")}
again.replay(record);`,
    );
    const second = await begun("b", again);
    await ended(second);
    const rows = await lines(second, "rows");
    expect(rows.length).toBeGreaterThan(20);
    expect(numbers(rows)).toEqual(numbers(await lines(run, "rows")));
  });

  test("of a cell that runs again is continued with another rank, from the loss that it had reached", async () => {
    const cell = (rank: number): string =>
      `const last = previous<Run>(); ${training(100_000, ", from: last", rank)} keep(run);`;
    const first = await begun("a", stage.begin("a", cell(4)));
    await rowsFrom(first, 60);
    const second = await begun("a", stage.begin("a", cell(8)));
    await rowsFrom(second, 20);
    stage.tell({ type: "stop", cell: "a" });
    await ended(second);
    const losses = async (run: RunInfo) => (await lines(run, "rows")).map(({ loss }) => loss as number);
    const [before, after] = [await losses(first), await losses(second)];
    const mean = (values: readonly number[]): number => values.reduce((sum, each) => sum + each, 0) / values.length;
    expect(second.config).toMatchObject({ rank: 8 });
    expect(mean(after.slice(0, 5))).toBeLessThan((mean(before.slice(0, 5)) + mean(before.slice(-5))) / 2);
  });
});

test("names the process that works on it, until it ends", async () => {
  const run = await begun("a", stage.begin("a", training(100_000)));
  const { host, born } = JSON.parse(await text(run, "process.json"));
  expect([host, born]).toEqual([hostname(), expect.stringMatching(/./)]);
  steer(run, { type: "stop" });
  await ended(run);
  expect(await readdir(join(stage.folder, run.folder))).not.toContain("process.json");
});
