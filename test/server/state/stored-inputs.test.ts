/** Which value an input gets that a user has set before: by the reducer and the plan, without processes. */
import { expect, it } from "vitest";
import { parseNotebook } from "../../../server/notebook/source/parse.ts";
import { initialState, reduce } from "../../../server/state/reducer.ts";
import { cellState } from "../../../server/state/state.ts";
import { storedFor } from "../../../server/state/stored-inputs.ts";
import type { InputValue } from "../../../server/values.ts";
import { Stage } from "./stage.ts";

const INLINE = `// %% lib
import { input } from "palimpsest";

// %% a
const a = 2 * input.range("lr", { min: 0, max: 9 });

// %% b
console.log(input.range("lr", { min: 0, max: 9 }));

// %% c
const rank = input.range("rank", { min: 0, max: 9 });
`;
const spec = (label: string) => ({ kind: "range", label, min: 0, max: 9, step: 1, value: 1 }) as const;
const declared = (stage: Stage, cell: string, name: string): void =>
  stage.apply({
    type: "input-declared",
    cell,
    generation: stage.cell(cell).generation,
    name,
    live: false,
    spec: spec(name),
    value: 1,
  });

/** The values that a cell runs with. */
function givenTo({ state }: Pick<Stage, "state">, cell: string): Readonly<Record<string, InputValue>> {
  return storedFor(state.inputValues, cellState(state, cell)!);
}

/** A notebook whose cells run. */
function running(): Stage {
  const stage = new Stage(INLINE);
  stage.apply({ type: "kernel-ready", pid: 1, backend: "cpu", passedOver: [] });
  stage.apply({ type: "run-asked", cells: "all" });
  stage.settle("lib");
  return stage;
}

it("two cells with inputs of one label have values of their own", () => {
  const stage = running();
  for (const cell of ["a", "b"]) declared(stage, cell, "lr");
  stage.apply({ type: "input-set", cell: "a", name: "lr", value: 5 });
  expect(["a", "b"].map((id) => stage.cell(id).inputs.map(({ value }) => value))).toEqual([[5], [1]]);
  expect(["a", "b"].map((id) => givenTo(stage, id))).toEqual([{ lr: 5 }, {}]);
  stage.apply({ type: "cell-renamed", cell: "a", to: "first" });
  expect(givenTo(stage, "first")).toEqual({ lr: 5 });
});

it("a new constant does not get the value of a deleted one; the deleted one gets it back", () => {
  const stage = new Stage(INLINE);
  stage.apply({ type: "input-set", cell: "c", name: "rank", value: 7 });
  const cell = stage.cell("c").cell;
  expect(givenTo(stage, "c")).toEqual({ rank: 7 });
  stage.apply({ type: "cell-removed", cell: "c" });
  stage.apply({ type: "cell-inserted", cell: { ...cell, id: "new" }, after: null });
  expect(givenTo(stage, "new")).toEqual({});
  stage.apply({ type: "cell-removed", cell: "new" });
  stage.apply({ type: "cell-inserted", cell, after: null });
  expect(givenTo(stage, "c")).toEqual({ rank: 7 });
});

it("a constant that its cell no longer declares is forgotten when the cell has run; one that moved is not", () => {
  const stage = running();
  declared(stage, "c", "rank");
  stage.settle("c");
  stage.apply({ type: "input-set", cell: "c", name: "rank", value: 7 });
  const source = stage.cell("c").cell.source;
  stage.apply({ type: "cell-edited", cell: "c", source: "const rank = ", by: "x" });
  stage.apply({ type: "cell-edited", cell: "c", source, by: "x" });
  expect(givenTo(stage, "c")).toEqual({ rank: 7 });
  stage.apply({ type: "cell-edited", cell: "c", source: "1", by: "x" });
  stage.apply({ type: "run-asked", cells: ["c"] });
  stage.settle("c");
  expect(stage.state.inputValues).toEqual({});
});

it("values that an earlier version stored by name alone apply where the name is one input's", () => {
  const open = (text: string, inputs: Readonly<Record<string, InputValue>>) =>
    reduce(initialState("n.ts"), {
      seq: 1,
      time: 0,
      event: { type: "opened", path: "n.ts", ...parseNotebook(text), inputs },
    });
  const stored = { lr: 4, rank: 3, gone: 2, "b/lr": 6 };
  expect(open(INLINE, { lr: 4, rank: 3, gone: 2 }).inputValues).toEqual({ rank: 3 });
  const one = INLINE.replace('input.range("lr", { min: 0, max: 9 }));', "1);");
  expect(open(one, stored).inputValues).toEqual({ rank: 3, "a/lr": 4, "b/lr": 6 });
  expect(givenTo({ state: open(one, stored) }, "a")).toEqual({ lr: 4 });
  // What a cell with a syntax error declares is not known yet.
  expect(open(`${one}\n// %% torn\nconst gone = ;\n`, { gone: 2 }).inputValues).toEqual({ gone: 2 });
});
