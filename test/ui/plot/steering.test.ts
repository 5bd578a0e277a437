import { expect, test } from "vitest";
import type { RunState } from "../../../server/state/state.ts";
import type { PlotSpec } from "../../../server/values.ts";
import { drawing } from "../../../ui/plot/drawing.ts";
import { TaggedRows } from "../../../ui/plot/points.ts";

const run = (changes: RunState["changes"]): RunState => ({
  info: { id: "a", cell: "t", generation: 1, snapshot: "", method: "m", steps: 9, config: {}, knobs: {}, folder: "a" },
  status: "running",
  rows: [{ step: 1, loss: 1 }],
  probes: [],
  changes,
  checkpoints: [],
});
const over = (x: string): PlotSpec => ({
  options: {},
  marks: [{ mark: "lineY", data: { kind: "live", table: "rows", runs: ["a"] }, options: { x, y: "loss" } }],
});

test("a fork made on a run's card is drawn with its parent; a fork made by code is not", () => {
  const parent = run([]);
  const fork = (id: string, asked?: true): RunState => ({
    ...parent,
    info: { ...parent.info, id, parent: { run: "a", step: 1, ...(asked && { asked }) } },
  });
  const { marks } = drawing(over("step"), { a: parent, b: fork("b", true), c: fork("c") }, new TaggedRows(), {
    width: 600,
    size: "regular",
  });
  expect(marks[0]?.points?.map((point) => point.run)).toEqual(["a", "b"]);
});

test("alerts of a drawn run are marked at their step, only in charts with the step on the x axis", () => {
  const alert = { kind: "alert", step: 4, name: "loss spike", message: "The loss is 9." } as const;
  const drawn = (spec: PlotSpec, changes: RunState["changes"]) =>
    drawing(spec, { a: run(changes) }, new TaggedRows(), { width: 600, size: "regular" }).marks.slice(1);
  expect(drawn(over("step"), [{ kind: "pause", step: 3 }])).toEqual([]);
  expect(drawn(over("loss"), [alert])).toEqual([]);
  const marks = drawn(over("step"), [{ kind: "pause", step: 3 }, alert]);
  expect(marks.map(({ name }) => name)).toEqual(["ruleX", "dot"]);
  expect(marks[0]?.points).toEqual([{ step: 4, alert: "loss spike: The loss is 9.", run: "a" }]);
});
