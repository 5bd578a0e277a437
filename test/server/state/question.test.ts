import { describe, expect, it } from "vitest";
import type { Request } from "../../../server/protocol.ts";
import { lossOf } from "../../../server/state/loss.ts";
import { spared, wordsOf } from "../../../server/state/question.ts";
import { eventsOf } from "../../../server/state/requests.ts";
import { Stage } from "./stage.ts";

const TEXT = `// %% base
const base = 1;
// %% train
const run = base;
// %% curves
run;
// %% notes
1;
`;
const RUN = { id: "r", generation: 1, method: "m", steps: 9, config: {}, snapshot: "", knobs: {}, folder: "" };

/** All cells have run; `training` says whether the one that trains still does. */
function ran(training: "runs" | "is done", baseMs = 5): Stage {
  const stage = new Stage(TEXT, 1_990);
  stage.apply({ type: "run-asked", cells: "all" });
  stage.apply({ type: "kernel-ready", pid: 1, backend: "cpu", passedOver: [] });
  stage.finish("base", "done", baseMs);
  stage.apply({ type: "run-started", run: { ...RUN, cell: "train" } });
  stage.settle("train");
  stage.finish("curves");
  stage.finish("notes");
  stage.apply({
    type: "cell-output",
    cell: "train",
    generation: 1,
    output: { kind: "run", run: "r" },
  });
  if (training === "is done") {
    stage.apply({ type: "run-ended", run: "r", status: "done" });
    stage.finish("train");
  }
  stage.taken();
  return stage;
}

function request(stage: Stage, asked: Exclude<Request, { type: "restart-kernel" | "save-file" }>): void {
  for (const event of eventsOf(stage.state, asked, 2_000)) stage.apply(event);
}

describe("renaming", () => {
  it("keeps values, a running training and fresh dependents", () => {
    const stage = ran("runs");
    const before = stage.statuses();
    request(stage, { type: "rename", cell: "train", to: "radis" });
    const { train, ...others } = before;
    expect(stage.statuses()).toEqual({ ...others, radis: train });
    expect(stage.taken()).toEqual([]);
    expect(stage.state.runs.r).toMatchObject({ status: "running", info: { cell: "radis" } });
    stage.apply({ type: "run-ended", run: "r", status: "done" });
    stage.finish("radis");
    stage.ask("radis");
    expect(stage.taken()).toEqual(["end curves radis", "execute radis"]);
  });
});

describe("before a change ends a training or frees long work", () => {
  it.each([
    ["remove", { type: "remove", cell: "train" }, "Deleting train ends a running training.", "Delete"],
    ["remove", { type: "remove", cell: "base" }, "Deleting base ends a running training.", "Delete"],
    [
      "disable",
      { type: "flag", cell: "train", flag: "disabled", on: true },
      "Disabling train ends a running training.",
      "Disable",
    ],
  ] as const)("%s asks, and nothing happens until the answer", (change, asked, text, accept) => {
    const stage = ran("runs");
    const before = stage.statuses();
    request(stage, asked);
    expect(wordsOf(stage.state.question!)).toEqual({ text, accept, decline: "Keep" });
    expect(stage.statuses()).toEqual(before);
    expect(stage.taken()).toEqual([]);
    request(stage, { type: "decide", accept: false });
    expect(stage.state).not.toHaveProperty("question");
    expect(stage.statuses()).toEqual(before);
    request(stage, asked);
    request(stage, { type: "decide", accept: true });
    expect(stage.state).not.toHaveProperty("question");
    expect(stage.state.runs.r?.status).toBe("stopped");
    if (change === "remove") expect(stage.statuses()).not.toHaveProperty(asked.cell);
  });

  it("little work is freed without a question, more than a minute's is not", () => {
    const little = ran("is done");
    request(little, { type: "remove", cell: "base" });
    expect(little.statuses()).not.toHaveProperty("base");
    const much = ran("is done", 61_000);
    request(much, { type: "remove", cell: "base" });
    expect(wordsOf(much.state.question!).text).toMatch(/^Deleting base frees values of 3 cells that took /);
    request(much, { type: "remove", cell: "notes" });
    expect(much.statuses()).not.toHaveProperty("notes");
  });

  it("a cached result is no loss, since it can be restored", () => {
    const stage = ran("is done", 61_000);
    expect(lossOf(stage.state, ["base"], 0)).toBeDefined();
    stage.apply({ type: "cell-options", cell: "base", options: { cache: "true" } });
    const { snapshot } = stage.cell("base");
    stage.apply({ type: "cache-stored", cell: "base", generation: 1, snapshot });
    expect(lossOf(stage.state, ["base"], 0)).toBeUndefined();
  });

  it("a file that another program changed removes all but the cells that would lose something", () => {
    const stage = ran("runs");
    const [base, train, curves] = stage.state.cells.map(({ cell }) => cell);
    const kept = spared(stage.state, [base!], 0);
    expect(kept.cells.map(({ id }) => id)).toEqual(["base", "train"]);
    expect(kept.question).toMatchObject({ origin: "file", changes: [{ change: "remove", cell: "train" }] });
    const disabled = spared(stage.state, [base!, { ...train!, options: { disabled: "true" } }, curves!], 0);
    expect(disabled.cells.map(({ options }) => options)).toEqual([{}, {}, {}]);
    expect(disabled.question).toMatchObject({ changes: [{ change: "disable", cell: "train" }] });
    expect(spared(stage.state, [base!, train!], 0)).toEqual({ cells: [base, train] });
  });
});

it("a cell that is put back shows what it showed", () => {
  const stage = ran("is done");
  const { cell, outputs, results, ms } = stage.cell("train");
  request(stage, { type: "remove", cell: "train" });
  request(stage, { type: "put-back", cell, after: "base" });
  expect(stage.cell("train")).toMatchObject({ status: "idle", generation: 1, outputs, results, ms });
  expect(stage.state.removed).toEqual([]);
});
