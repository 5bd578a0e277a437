import { describe, expect, it } from "vitest";
import { Stage } from "./stage.ts";

const CHAIN = "// %% a\nconst a = 1;\n// %% b\nconst b = a;\n// %% c\nconst c = b;\n// %% other\nconst other = 2;\n";
const KNOBS = `// %% base
const base = {};
// %% knobs
import { input } from "palimpsest";
const rank = input.range("rank", { min: 1, max: 64, value: 16 });
const alpha = input.number("alpha", { value: 2 });
const weight = input.live.range("weight", { min: 0, max: 4, value: 2 });
const unrelated = 3;
// %% training
const run = [base, rank, weight];
// %% curve
run;
// %% other
unrelated + alpha;
`;

function ran(text: string, declare?: (stage: Stage, id: string) => void): Stage {
  const stage = new Stage(text);
  stage.apply({ type: "run-asked", cells: "all" });
  stage.complete((id) => declare?.(stage, id));
  stage.taken();
  return stage;
}

function knobs(): Stage {
  return ran(KNOBS, (stage, id) => {
    if (id !== "knobs") return;
    stage.declare("knobs", "rank", 16);
    stage.declare("knobs", "alpha", 2);
    stage.declare("knobs", "weight", 2, true);
  });
}

describe("running", () => {
  it("starts no kernel until a cell is to run", () => {
    const stage = new Stage(CHAIN);
    expect(stage.state.kernel.status).toBe("off");
    expect(stage.statuses()).toEqual({ a: "idle", b: "idle", c: "idle", other: "idle" });
    stage.ask("a");
    expect(stage.state.kernel.status).toBe("starting");
    expect(stage.taken()).toEqual([]);
  });

  it("runs all cells in topological order, whatever their order in the file", () => {
    const stage = new Stage("// %% c\nconst c = b;\n// %% b\nconst b = a;\n// %% a\nconst a = 1;\n");
    stage.apply({ type: "run-asked", cells: "all" });
    stage.complete();
    expect(stage.taken()).toEqual(["execute a", "execute b", "execute c"]);
    expect(stage.statuses()).toEqual({ a: "done", b: "done", c: "done" });
  });

  it("runs dependents as soon as a top level is done, even while its training continues", () => {
    const stage = new Stage(CHAIN);
    stage.ask("a");
    stage.apply({ type: "kernel-ready", pid: 1, backend: "cpu", passedOver: [] });
    expect(stage.taken()).toEqual(["execute a"]);
    stage.settle("a");
    expect(stage.status("a")).toBe("running");
    expect(stage.taken()).toEqual(["execute b"]);
  });

  it("starts cells that are ready while another one waits, so that a training delays only its dependents", () => {
    const stage = new Stage(CHAIN);
    stage.apply({ type: "run-asked", cells: "all" });
    stage.apply({ type: "kernel-ready", pid: 1, backend: "cpu", passedOver: [] });
    expect(stage.taken()).toEqual(["execute a", "execute other"]);
    stage.finish("other");
    expect(stage.statuses()).toEqual({ a: "running", b: "queued", c: "queued", other: "done" });
  });

  it("ends the old generations, descendants first, before it starts the new one", () => {
    const stage = ran(CHAIN);
    stage.ask("a");
    stage.complete();
    expect(stage.taken()).toEqual(["end c b a", "execute a", "execute b", "execute c"]);
    expect(stage.cell("c").generation).toBe(2);
    expect(stage.cell("other").generation).toBe(1);
  });

  it("runs the ancestors that a cell needs, and not those that are fresh", () => {
    const stage = new Stage(CHAIN);
    stage.ask("c");
    stage.complete();
    expect(stage.taken()).toEqual(["execute a", "execute b", "execute c"]);
    stage.ask("c");
    stage.complete();
    expect(stage.taken()).toEqual(["end c", "execute c"]);
  });

  it("does not start descendants that also need a cell that never ran", () => {
    const stage = new Stage(
      "// %% model\nconst model = 1;\n// %% knob\nconst knob = 2;\n// %% training\nmodel + knob;\n",
    );
    stage.ask("knob");
    stage.complete();
    expect(stage.taken()).toEqual(["execute knob"]);
    expect(stage.status("training")).toBe("idle");
  });

  it("leaves manual descendants stale and without values", () => {
    const stage = ran("// %% a\nconst a = 1;\n// %% b mode=manual\nconst b = a;\n// %% c\nb;\n");
    stage.ask("a");
    stage.complete();
    expect(stage.taken()).toEqual(["end c b a", "execute a"]);
    expect(stage.statuses()).toEqual({ a: "done", b: "idle stale", c: "idle stale" });
  });

  it("runs all stale cells, except manual ones", () => {
    const stage = ran(
      "// %% a\nconst a = 1;\n// %% b mode=manual\nconst b = 2;\n// %% c\nconst c = 3;\n// %% d\na + b;\n",
    );
    stage.apply({ type: "cell-edited", cell: "a", source: "const a = 10;", by: "me" });
    stage.apply({ type: "cell-edited", cell: "b", source: "const b = 20;", by: "me" });
    stage.apply({ type: "run-asked", cells: "stale" });
    stage.complete();
    expect(stage.taken()).toEqual(["end d a", "execute a", "execute d"]);
    // d ran with the old b, so it is stale.
    expect(stage.statuses()).toEqual({ a: "done", b: "done stale", c: "done", d: "done stale" });
  });

  it("ends the cells made from a cell, even after an edit removed the reference", () => {
    const stage = ran("// %% a\nconst a = 1;\n// %% b\nconst b = a;\n");
    stage.apply({ type: "cell-edited", cell: "b", source: "const b = 5;", by: "me" });
    stage.ask("a");
    expect(stage.taken()).toEqual(["end b a", "execute a"]);
    expect(stage.status("b")).toBe("idle stale");
  });
});

describe("editing", () => {
  it("runs nothing; it makes the cell and its descendants stale, and undoing it makes them fresh", () => {
    const stage = ran(CHAIN);
    stage.apply({ type: "cell-edited", cell: "b", source: "const b = a + 1;", by: "me" });
    expect(stage.taken()).toEqual([]);
    expect(stage.statuses()).toEqual({ a: "done", b: "done stale", c: "done stale", other: "done" });
    stage.apply({ type: "cell-edited", cell: "b", source: "const b = a; // as before", by: "me" });
    expect(stage.statuses()).toEqual({ a: "done", b: "done", c: "done", other: "done" });
  });

  it("ends a removed cell and the cells made from it", () => {
    const stage = ran(CHAIN);
    stage.apply({ type: "cell-removed", cell: "b" });
    expect(stage.taken()).toEqual(["end c b"]);
    expect(stage.cell("c").errors[0]?.kind).toBe("unknown-name");
    expect(stage.status("c")).toBe("blocked stale");
  });

  it("keeps the values of the other cells when the file was changed outside", () => {
    const stage = ran(CHAIN);
    const cells = stage.state.cells.map(({ cell }) =>
      cell.id === "other" ? { ...cell, source: "const other = 9;" } : cell,
    );
    stage.apply({ type: "replaced", cells: cells.toReversed() });
    expect(stage.taken()).toEqual([]);
    expect(stage.statuses()).toEqual({ a: "done", b: "done", c: "done", other: "done stale" });
  });

  it("blocks the dependents of a cell with an error until the error is fixed", () => {
    const stage = new Stage(CHAIN);
    stage.apply({ type: "cell-edited", cell: "a", source: "const a = ;", by: "me" });
    stage.apply({ type: "run-asked", cells: "all" });
    stage.complete();
    expect(stage.taken()).toEqual(["execute other"]);
    expect(stage.statuses()).toEqual({ a: "blocked", b: "blocked", c: "blocked", other: "done" });
    stage.apply({ type: "cell-edited", cell: "a", source: "const a = 1;", by: "me" });
    expect(stage.statuses()).toEqual({ a: "idle", b: "idle", c: "idle", other: "done" });
    stage.ask("a");
    stage.complete();
    expect(stage.taken()).toEqual(["execute a", "execute b", "execute c"]);
  });
});

describe("inputs", () => {
  it("run the users of the name and their descendants again, not the cell that declares it", () => {
    const stage = knobs();
    stage.apply({ type: "input-set", cell: "knobs", name: "rank", value: 4 });
    stage.complete();
    expect(stage.taken()).toEqual(["end curve training", "input knobs/rank=4", "execute training", "execute curve"]);
    expect(stage.cell("knobs")).toMatchObject({ status: "done", stale: false, generation: 1 });
    expect(stage.cell("base").generation).toBe(1);
    expect(stage.cell("other").generation).toBe(1);
  });

  it("restart a training that is running", () => {
    const stage = knobs();
    stage.ask("training");
    stage.settle("training");
    stage.taken();
    stage.apply({ type: "input-set", cell: "knobs", name: "rank", value: 4 });
    expect(stage.taken()).toEqual(["end curve training", "input knobs/rank=4", "execute training"]);
  });

  it("send the value of a live input to the kernel and run nothing", () => {
    const stage = knobs();
    stage.apply({ type: "input-set", cell: "knobs", name: "weight", value: 3 });
    expect(stage.taken()).toEqual(["input knobs/weight=3"]);
    expect(stage.statuses()).toEqual({ base: "done", knobs: "done", training: "done", curve: "done", other: "done" });
  });

  it("do nothing if the value did not change", () => {
    const stage = knobs();
    stage.apply({ type: "input-set", cell: "knobs", name: "rank", value: 16 });
    expect(stage.taken()).toEqual([]);
  });

  it("run the declaring cell again if the call is not the whole initialiser", () => {
    const stage = ran(
      '// %% knobs\nimport { input } from "palimpsest";\nconst half = input.number("half", { value: 4 }) / 2;\n// %% user\nhalf;\n',
      (each, id) => {
        if (id === "knobs") each.declare("knobs", "half", 4);
      },
    );
    stage.apply({ type: "input-set", cell: "knobs", name: "half", value: 8 });
    expect(stage.taken()).toEqual(["end user knobs", "execute knobs"]);
  });

  it("make manual users stale only, and fresh when the value is set back", () => {
    const stage = ran(
      '// %% k\nimport { input } from "palimpsest";\nconst n = input.number("n", { value: 4 });\n// %% m mode=manual\nn;\n',
      (each, id) => {
        if (id === "k") each.declare("k", "n", 4);
      },
    );
    stage.apply({ type: "input-set", cell: "k", name: "n", value: 8 });
    expect(stage.taken()).toEqual(["input k/n=8"]);
    expect(stage.statuses()).toEqual({ k: "done", m: "done stale" });
    stage.apply({ type: "input-set", cell: "k", name: "n", value: 4 });
    expect(stage.statuses()).toEqual({ k: "done", m: "done" });
  });

  it("keep a value that was set while the declaring cell was running", () => {
    const stage = new Stage(KNOBS);
    stage.ask("knobs");
    stage.apply({ type: "kernel-ready", pid: 1, backend: "cpu", passedOver: [] });
    stage.apply({ type: "input-set", cell: "knobs", name: "rank", value: 8 });
    stage.taken();
    stage.declare("knobs", "rank", 16);
    expect(stage.taken()).toEqual(["input knobs/rank=8"]);
    expect(stage.cell("knobs").inputs[0]?.value).toBe(8);
  });

  it("show the old controls of a cell that runs again until it has declared the new ones", () => {
    const stage = knobs();
    stage.ask("knobs");
    expect(stage.cell("knobs").inputs.map((input) => input.name)).toEqual(["rank", "alpha", "weight"]);
    stage.declare("knobs", "alpha", 2);
    stage.settle("knobs");
    expect(stage.cell("knobs").inputs.map((input) => input.name)).toEqual(["alpha"]);
  });
});

describe("stopping, failing and the end of the kernel", () => {
  it("drops late events of a generation that has ended", () => {
    const stage = ran(CHAIN);
    stage.ask("a");
    const late = { cell: "b", generation: 1, output: { kind: "text", text: "late" } } as const;
    stage.apply({ type: "cell-output", ...late });
    expect(stage.cell("b").outputs).toEqual([]);
    stage.finish("a");
    stage.apply({ type: "cell-output", ...late });
    expect(stage.cell("b").outputs).toEqual([]);
  });

  it("empties the queue and blocks the cells that depend on the stopped cell", () => {
    const stage = new Stage(CHAIN);
    stage.apply({ type: "run-asked", cells: "all" });
    stage.apply({ type: "kernel-ready", pid: 1, backend: "cpu", passedOver: [] });
    stage.apply({ type: "stop-asked" });
    stage.finish("a", "stopped");
    stage.finish("other", "stopped");
    expect(stage.taken()).toEqual(["execute a", "execute other"]);
    expect(stage.statuses()).toEqual({ a: "stopped", b: "blocked", c: "blocked", other: "stopped" });
  });

  it("keeps the values of a stopped training for the cells that use it", () => {
    const stage = ran(CHAIN);
    stage.ask("b");
    stage.settle("b");
    stage.finish("c");
    stage.finish("b", "stopped");
    expect(stage.statuses()).toMatchObject({ b: "stopped", c: "done" });
    stage.taken();
    stage.ask("c");
    expect(stage.taken()).toEqual(["end c", "execute c"]);
  });

  it("blocks the descendants of a failed cell; the other cells run", () => {
    const stage = new Stage(CHAIN);
    stage.apply({ type: "run-asked", cells: "all" });
    stage.apply({ type: "kernel-ready", pid: 1, backend: "cpu", passedOver: [] });
    stage.finish("a", "failed");
    stage.complete();
    expect(stage.statuses()).toEqual({ a: "failed", b: "blocked", c: "blocked", other: "done" });
    expect(stage.cell("a").error?.message).toBe("broke");
  });

  it("when the kernel dies, outputs stay and values are gone; the next run runs the ancestors that it needs", () => {
    const stage = ran(CHAIN);
    stage.ask("b");
    stage.apply({ type: "cell-output", cell: "b", generation: 2, output: { kind: "text", text: "kept" } });
    stage.apply({ type: "kernel-ended", cause: "died", reason: "The kernel ran out of memory." });
    expect(stage.statuses()).toEqual({ a: "idle stale", b: "failed stale", c: "blocked stale", other: "idle stale" });
    expect(stage.cell("b").error?.message).toBe("The kernel ran out of memory.");
    expect(stage.cell("b").outputs).toHaveLength(1);
    stage.taken();
    stage.ask("c");
    stage.complete();
    expect(stage.taken()).toEqual(["execute a", "execute b", "execute c"]);
    expect(stage.cell("b").generation).toBe(3);
  });
});
