/** Modes of cells and notebooks: what runs by itself, what waits for the user, and what the cache restores. */
import { describe, expect, it } from "vitest";
import { atRest } from "../../../server/state/at-rest.ts";
import { blockerOf } from "../../../server/state/cell-state.ts";
import { cellState } from "../../../server/state/state.ts";
import { Stage } from "./stage.ts";

const CHAIN = "// %% a\nconst a = 1;\n// %% b\nconst b = a;\n// %% c\nconst c = b;\n// %% other\nconst other = 2;\n";
const KNOB = `// %% knob
import { input } from "palimpsest";
const n = input.number("n", { value: 4 });
// %% training
const run = n;
// %% curve
run;
`;

function ran(text: string, seconds: Readonly<Record<string, number>> = {}): Stage {
  const stage = new Stage(text);
  stage.apply({ type: "run-asked", cells: "all" });
  stage.complete((id) => {
    if (id === "knob") stage.declare("knob", "n", 4);
  });
  for (const [cell, cost] of Object.entries(seconds))
    stage.apply({ type: "cost-known", cell, cost: { seconds: cost, bytes: 10 } });
  stage.taken();
  return stage;
}

const turn = (stage: Stage, value: number) => stage.apply({ type: "input-set", cell: "knob", name: "n", value });
const edit = (stage: Stage, cell: string, source: string) =>
  stage.apply({ type: "cell-edited", cell, source, by: "me" });
const stores = (stage: Stage, id: string) =>
  stage.apply({
    type: "cache-stored",
    cell: id,
    generation: stage.cell(id).generation,
    snapshot: stage.cell(id).snapshot,
  });

describe("a disabled cell", () => {
  it("does not run, and blocks its dependents, each with the path to it", () => {
    const stage = new Stage(CHAIN.replace("%% b", "%% b disabled"));
    stage.apply({ type: "run-asked", cells: "all" });
    stage.complete();
    expect(stage.taken()).toEqual(["execute a", "execute other"]);
    expect(stage.statuses()).toEqual({ a: "done", b: "blocked", c: "blocked", other: "done" });
    expect([blockerOf(stage.cell("b")), blockerOf(stage.cell("c"))]).toEqual([
      { why: "disabled", chain: [] },
      { why: "disabled", chain: ["b"] },
    ]);
    stage.apply({ type: "cell-options", cell: "b", options: {} });
    expect(stage.cell("c")).not.toHaveProperty("blocker");
    stage.apply({ type: "run-asked", cells: "stale" });
    stage.complete();
    expect(stage.taken()).toEqual(["execute b", "execute c"]);
  });

  it("loses its values, and so do the cells made from it", () => {
    const stage = ran(CHAIN);
    stage.apply({ type: "cell-options", cell: "b", options: { disabled: "true" } });
    expect(stage.taken()).toEqual(["end c b"]);
    expect(stage.statuses()).toEqual({ a: "done", b: "blocked stale", c: "blocked stale", other: "done" });
  });
});

it("a cell that failed or has an error blocks all cells that depend on it", () => {
  const stage = new Stage(CHAIN);
  stage.ask("c");
  stage.apply({ type: "kernel-ready", pid: 1, backend: "cpu", passedOver: [] });
  stage.finish("a", "failed");
  expect(blockerOf(stage.cell("c"))).toEqual({ why: "failed", chain: ["a", "b"] });
  edit(stage, "a", "const a = gone;");
  expect(blockerOf(stage.cell("c"))).toEqual({ why: "error", chain: ["a", "b"] });
});

describe("a lazy notebook", () => {
  it("marks what a change affects as stale, and runs it only on request", () => {
    const stage = ran(`// palimpsest: run=lazy\n\n${KNOB}`);
    turn(stage, 8);
    expect(stage.taken()).toEqual(["input knob/n=8"]);
    expect(stage.statuses()).toEqual({ knob: "done", training: "done stale", curve: "done stale" });
    stage.apply({ type: "run-asked", cells: "stale" });
    stage.complete();
    expect(stage.taken()).toEqual(["end curve training", "execute training", "execute curve"]);
    // A cell that was asked for runs with the ancestors that it needs; its descendants do not follow.
    stage.ask("training");
    stage.complete();
    expect(stage.taken()).toEqual(["end curve training", "execute training"]);
    expect(stage.status("curve")).toBe("idle stale");
    turn(stage, 9);
    stage.ask("curve");
    stage.complete();
    expect(stage.taken()).toEqual(["input knob/n=9", "end training", "execute training", "execute curve"]);
  });

  it("can be switched on and off", () => {
    const stage = ran(KNOB);
    stage.apply({ type: "settings", settings: { lazy: true, ask: 30 } });
    turn(stage, 8);
    expect(stage.status("training")).toBe("done stale");
    stage.apply({ type: "settings", settings: { lazy: false, ask: 30 } });
    turn(stage, 9);
    expect(stage.status("training")).toBe("running");
  });
});

it("a cell with the mode `once` runs by itself the first time, later only on request", () => {
  const stage = ran("// %% a\nconst a = 1;\n// %% b mode=once\nconst b = a;\n");
  expect(stage.cell("b").generation).toBe(1);
  stage.ask("a");
  stage.complete();
  expect(stage.taken()).toEqual(["end b a", "execute a"]);
  stage.ask("b");
  stage.complete();
  expect(stage.taken()).toEqual(["execute b"]);
  const fresh = new Stage("// %% a\nconst a = 1;\n// %% b mode=once\nconst b = a;\n");
  fresh.ask("a");
  fresh.complete();
  expect(fresh.taken()).toEqual(["execute a", "execute b"]);
});

describe("the cost of a cell", () => {
  it("is the time of its last complete execution, trainings included, and its peak of tensor bytes", () => {
    const stage = new Stage(CHAIN);
    stage.ask("a");
    stage.apply({ type: "kernel-ready", pid: 1, backend: "cpu", passedOver: [] });
    stage.settle("a");
    stage.apply({ type: "tensors", total: 90, cells: { a: { bytes: 90, count: 1 } } });
    stage.apply({ type: "tensors", total: 40, cells: { a: { bytes: 40, count: 1 } } });
    stage.finish("a", "done", 12_000);
    expect(stage.cell("a").cost).toEqual({ seconds: 12, bytes: 90 });
    stage.complete();
    stage.ask("a");
    stage.finish("a", "stopped", 2_000);
    expect(stage.cell("a").cost).toEqual({ seconds: 12, bytes: 90 });
  });

  it("is known to the next session, and so are the settings", () => {
    const stage = ran(`// palimpsest: run=lazy ask=5\n${KNOB}`, { training: 29 });
    const next = atRest(stage.state);
    expect(next.settings).toEqual({ lazy: true, ask: 5 });
    expect(cellState(next, "training")?.cost).toEqual({ seconds: 29, bytes: 10 });
  });

  it("makes the session ask before a change runs cells that are expensive together", () => {
    const stage = ran(KNOB, { training: 599, curve: 2 });
    turn(stage, 8);
    expect(stage.taken()).toEqual(["input knob/n=8"]);
    expect(stage.state.pending).toEqual({ cells: ["training", "curve"], seconds: 601, bytes: 20 });
    expect(stage.status("training")).toBe("done stale");
    stage.apply({ type: "ask-answered", run: false });
    expect(stage.state).not.toHaveProperty("pending");
    expect(stage.taken()).toEqual([]);
    turn(stage, 9);
    stage.apply({ type: "ask-answered", run: true });
    stage.complete();
    expect(stage.taken()).toEqual(["input knob/n=9", "end curve training", "execute training", "execute curve"]);
    expect(stage.state).not.toHaveProperty("pending");
  });

  it("is no longer asked about when the change is undone or the cells run", () => {
    const stage = ran(KNOB, { training: 599, curve: 2 });
    turn(stage, 8);
    turn(stage, 4);
    expect(stage.state).not.toHaveProperty("pending");
    turn(stage, 8);
    stage.ask("training");
    expect(stage.state).not.toHaveProperty("pending");
    expect(stage.status("training")).toBe("running");
  });

  it("is not asked about for cells that the user runs, below the limit, or with ask=never", () => {
    const stage = ran(KNOB, { training: 599, curve: 2 });
    stage.ask("knob");
    expect(stage.state).not.toHaveProperty("pending");
    const cheap = ran(`// palimpsest: ask=700\n${KNOB}`, { training: 599, curve: 2 });
    turn(cheap, 8);
    expect(cheap.status("training")).toMatch(/running/);
    const never = ran(`// palimpsest: ask=never\n${KNOB}`, { training: 1e6 });
    turn(never, 8);
    expect(never.status("training")).toMatch(/running/);
  });
});

describe("the cache", () => {
  const CACHE = CHAIN.replace("%% b", "%% b cache");

  it("restores a cell after the kernel ended without running its ancestors, also for its dependents", () => {
    const stage = ran(CACHE);
    stores(stage, "b");
    stage.apply({ type: "kernel-ended", cause: "restarted", reason: "restart" });
    expect(stage.statuses()).toEqual({ a: "idle stale", b: "idle", c: "idle stale", other: "idle stale" });
    stage.ask("c");
    stage.complete();
    expect(stage.taken()).toEqual(["execute b cache=only", "execute c"]);
    expect(stage.statuses()).toEqual({ a: "idle stale", b: "done", c: "done", other: "idle stale" });
    stage.ask("b");
    stage.complete();
    expect(stage.taken()).toEqual(["end c b", "execute a", "execute b cache=renew", "execute c"]);
  });

  it("restores by itself the cells that were fresh when the kernel died", () => {
    const stage = ran(CACHE);
    stores(stage, "b");
    stage.apply({ type: "kernel-ended", cause: "died", reason: "killed" });
    stage.complete();
    expect(stage.taken()).toEqual(["execute b cache=only"]);
    expect(stage.statuses()).toEqual({ a: "idle stale", b: "done", c: "idle stale", other: "idle stale" });
  });

  it("that was lost makes the cell and its ancestors run; cells that waited for it still wait", () => {
    const stage = ran(CACHE);
    stores(stage, "b");
    stage.apply({ type: "kernel-ended", cause: "restarted", reason: "restart" });
    stage.ask("c");
    stage.apply({ type: "kernel-ready", pid: 2, backend: "cpu", passedOver: [] });
    stage.taken();
    stage.apply({ type: "cache-lost", cell: "b", generation: stage.cell("b").generation });
    stage.complete();
    expect(stage.taken()).toEqual(["end b", "execute a", "execute b cache=use", "execute c"]);
    expect(stage.statuses()).toMatchObject({ a: "done", b: "done", c: "done" });
  });

  it("counts only for its snapshot; a result that is found brings its outputs back", () => {
    const stage = ran(CACHE);
    const { snapshot } = stage.cell("b");
    stores(stage, "b");
    edit(stage, "b", "const b = a + 1;");
    stage.apply({ type: "kernel-ended", cause: "restarted", reason: "restart" });
    expect(stage.status("b")).toBe("idle stale");
    const outputs = [{ kind: "text" as const, text: "cached" }];
    const shown = { outputs, console: [], inputs: [], results: [{ method: "m" }] };
    stage.apply({ type: "cache-found", cell: "b", snapshot, shown });
    expect(stage.cell("b").outputs).toEqual([]);
    edit(stage, "b", "const b = a;");
    stage.apply({ type: "cache-found", cell: "b", snapshot, shown });
    expect(stage.cell("b")).toMatchObject({ stale: false, outputs });
    expect(stage.state.results).toEqual([{ method: "m" }]);
    stage.apply({ type: "cell-options", cell: "b", options: {} });
    expect(stage.cell("b").stale).toBe(true);
  });

  it("does not change the cost of a cell when it restores it", () => {
    const stage = ran(CACHE, { b: 50 });
    stores(stage, "b");
    stage.apply({ type: "kernel-ended", cause: "restarted", reason: "restart" });
    stage.ask("b");
    stage.apply({ type: "kernel-ready", pid: 2, backend: "cpu", passedOver: [] });
    stage.apply({ type: "cell-restored", cell: "b", generation: stage.cell("b").generation });
    stage.finish("b");
    expect(stage.cell("b").cost?.seconds).toBe(50);
  });
});

describe("a stream", () => {
  const TICKS = `// %% ticks
import { stream } from "palimpsest";
const n = stream(async function* () { yield 1; });
// %% user
const twice = n * 2;
// %% after
twice;
// %% shy mode=manual
n;
`;
  let count = 0;
  const value = (stage: Stage) =>
    stage.apply({
      type: "stream-value",
      cell: "ticks",
      generation: stage.cell("ticks").generation,
      name: "n",
      count: ++count,
    });

  it("runs its users with each value, or with the latest if they were busy, and marks nothing as stale", () => {
    const stage = new Stage(TICKS);
    stage.apply({ type: "run-asked", cells: "all" });
    stage.apply({ type: "kernel-ready", pid: 1, backend: "cpu", passedOver: [] });
    value(stage);
    stage.settle("ticks");
    stage.finish("user");
    stage.finish("after");
    stage.finish("shy");
    stage.taken();
    value(stage);
    expect(stage.taken()).toEqual(["end after user", "execute user"]);
    value(stage);
    value(stage);
    stage.finish("user");
    // Its dependent runs first.
    expect(stage.taken()).toEqual(["execute after"]);
    value(stage);
    expect(stage.taken()).toEqual([]);
    stage.finish("after");
    expect(stage.taken()).toEqual(["end after user", "execute user"]);
    stage.complete();
    expect(stage.statuses()).toEqual({ ticks: "done", user: "done", after: "done", shy: "done" });
    expect(stage.taken()).toEqual(["execute after"]);
  });

  it("runs nothing in a lazy notebook, and no cell that the user stopped", () => {
    const lazy = ran(`// palimpsest: run=lazy\n${TICKS}`);
    value(lazy);
    expect(lazy.taken()).toEqual([]);
    const stage = ran(TICKS);
    stage.ask("user");
    stage.finish("user", "stopped");
    stage.taken();
    value(stage);
    expect(stage.taken()).toEqual([]);
  });
});

describe("a project file", () => {
  const LIB = '// %% lib\nimport { f } from "./lib.ts";\n// %% user\nf();\n// %% other\nconst other = 1;\n';
  const read = (stage: Stage, digest: string) =>
    stage.apply({ type: "files-read", files: { "./lib.ts": { digest, faults: [] } } });

  it("that changed makes its users run; a change that is undone makes them fresh", () => {
    const stage = new Stage(LIB);
    read(stage, "one");
    stage.apply({ type: "run-asked", cells: "all" });
    stage.complete();
    stage.taken();
    stage.apply({ type: "settings", settings: { lazy: true, ask: 30 } });
    read(stage, "two");
    expect(stage.statuses()).toEqual({ lib: "done stale", user: "done stale", other: "done" });
    read(stage, "one");
    expect(stage.statuses()).toEqual({ lib: "done", user: "done", other: "done" });
    stage.apply({ type: "settings", settings: { lazy: false, ask: 30 } });
    read(stage, "three");
    stage.complete();
    expect(stage.taken()).toEqual(["end user lib", "execute lib", "execute user"]);
  });
});
