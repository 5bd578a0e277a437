import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { SessionEvent } from "../../../server/events.ts";
import { atRest } from "../../../server/state/at-rest.ts";
import { heldValues } from "../../../server/state/cell-state.ts";
import { alive } from "../../../server/state/freshness.ts";
import { initialState, reduce } from "../../../server/state/reducer.ts";
import type { SessionState } from "../../../server/state/state.ts";
import { Stage } from "./stage.ts";

const TEXT = "// %% a\nconst a = 1;\n// %% b\nconst b = a;\n// %% c mode=manual\nconst c = b;\n// %% d\na + c;\n";
const RUN = {
  id: "r1",
  cell: "b",
  generation: 1,
  method: "radis",
  steps: 3,
  config: {},
  snapshot: "s",
  knobs: {},
  folder: ".palimpsest/runs/r1",
};

describe("runs", () => {
  it("append rows and skip those that they already have; the cells stay the same object", () => {
    const stage = new Stage(TEXT);
    stage.apply({ type: "run-started", run: RUN });
    const rows = [0, 1, 2].map((step) => ({ step, loss: 3 - step }));
    stage.apply({ type: "run-rows", run: "r1", table: "rows", from: 0, rows: rows.slice(0, 2) });
    const cells = stage.state.cells;
    stage.apply({ type: "run-rows", run: "r1", table: "rows", from: 1, rows: rows.slice(1) });
    expect(stage.state.runs.r1?.rows).toEqual(rows);
    expect(stage.state.cells).toBe(cells);
    stage.apply({ type: "run-ended", run: "r1", status: "stopped", message: "by you" });
    expect(stage.state.runs.r1).toMatchObject({ status: "stopped", message: "by you" });
  });

  it("report results per generation: a cell that runs again drops its earlier results", () => {
    const stage = new Stage(TEXT);
    stage.ask("a");
    stage.apply({ type: "kernel-ready", pid: 1, backend: "cpu", passedOver: [] });
    stage.apply({ type: "report", cell: "a", generation: 1, results: [{ method: "base", chrf: 0.2 }] });
    stage.apply({ type: "report", cell: "a", generation: 1, results: [{ method: "radis", chrf: 0.7 }] });
    expect(stage.state.results.map((result) => result.method)).toEqual(["base", "radis"]);
    stage.finish("a");
    stage.ask("a");
    expect(stage.state.results).toEqual([]);
  });
});

describe("after any order of events", () => {
  const id = fc.constantFrom("a", "b", "c", "d");
  const source = fc.constantFrom("const a = 1;", "const b = a;", "const c = b;", "a + c;", "const x = ;", "d0;");
  const event: fc.Arbitrary<SessionEvent | "finish" | "fail"> = fc.oneof(
    fc.constant("finish" as const),
    fc.constant("finish" as const),
    fc.constant("fail" as const),
    fc.record({
      type: fc.constant("run-asked" as const),
      cells: fc.oneof(fc.array(id, { maxLength: 2 }), fc.constantFrom("all" as const, "stale" as const)),
    }),
    fc.record({ type: fc.constant("stop-asked" as const) }),
    fc.record({ type: fc.constant("cell-edited" as const), cell: id, source, by: fc.constant("me") }),
    fc.record({
      type: fc.constant("cell-mode" as const),
      cell: id,
      mode: fc.constantFrom("auto" as const, "manual" as const),
    }),
    fc.record({
      type: fc.constant("kernel-ended" as const),
      cause: fc.constantFrom("closed" as const, "died" as const),
      reason: fc.constant("gone"),
    }),
  );

  function play(steps: readonly (SessionEvent | "finish" | "fail")[]): Stage {
    const stage = new Stage(TEXT);
    for (const step of steps) {
      if (stage.view.process === "starting")
        stage.apply({ type: "kernel-ready", pid: 1, backend: "cpu", passedOver: [] });
      const running = stage.state.cells.find((cell) => cell.status === "running");
      if (typeof step === "object") stage.apply(step);
      else if (running) stage.finish(running.cell.id, step === "finish" ? "done" : "failed");
    }
    return stage;
  }

  it("a top level runs only when its parents have values, and the queue becomes empty", () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 25 }), (steps) => {
        const stage = play(steps);
        for (const cell of stage.state.cells) {
          const { status } = cell;
          // An edit may give a running cell other parents: they count when it runs again.
          if (status !== "running" || alive(cell)) continue;
          for (const parent of heldValues(cell)?.madeFrom ?? []) expect(alive(stage.cell(parent))).toBe(true);
        }
        for (const message of stage.messages) expect(message).not.toMatch(/undefined/);
        stage.complete();
        expect(stage.state.cells.filter((cell) => cell.status === "queued")).toEqual([]);
        const living = stage.state.cells.filter(({ values }) => values.kind === "in-kernel");
        expect(stage.held).toEqual(new Map(living.map(({ cell, generation }) => [cell.id, generation])));
      }),
      { numRuns: 80 },
    );
  });

  it("replaying the log gives the same state, and at rest it shows the same", () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 25 }), (steps) => {
        const stage = play(steps);
        const replayed = stage.events.reduce(reduce, initialState("n.ts"));
        expect(replayed).toEqual(stage.state);
        if (stage.state.kernel.status !== "off")
          stage.apply({ type: "kernel-ended", cause: "closed", reason: "closed" });
        expect(shown(atRest(stage.state))).toEqual(shown(stage.state));
      }),
      { numRuns: 80 },
    );
  });
});

/** The part of the state that a page draws. */
function shown(state: SessionState): unknown {
  return state.cells.map(({ cell, status, stale, generation, outputs, error, inputs, ms }) => ({
    cell,
    status,
    stale,
    generation,
    outputs,
    error,
    inputs,
    ms: ms ?? 0,
  }));
}
