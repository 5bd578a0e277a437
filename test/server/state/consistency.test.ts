import fc from "fast-check";
import { expect, it } from "vitest";
import { recomputed } from "../../../server/state/consistency.ts";
import { restructured } from "../../../server/state/freshness.ts";
import { NO_KERNEL, plan } from "../../../server/state/plan.ts";
import { initialState, reduce } from "../../../server/state/reducer.ts";
import { withDescendants } from "../../../server/state/targets.ts";
import { apply, step, TEXT } from "./any-events.ts";
import { Stage } from "./stage.ts";

it("after any events, the state equals the one computed from scratch", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60, size: "max" }), (steps) => {
      const stage = new Stage(TEXT);
      for (const each of steps) {
        apply(stage, each);
        const { state } = stage;
        const fromScratch = recomputed(restructured(state));
        const { changed, rewired, streamCells } = state;
        expect(state).toEqual({ ...fromScratch, changed, rewired, streamCells });
        // These two may name a few cells too many.
        expect(rewired).toEqual(expect.arrayContaining([...fromScratch.rewired]));
        expect(streamCells).toEqual(expect.arrayContaining([...fromScratch.streamCells]));
        expect(withDescendants(state, ["a"])).toEqual(
          withDescendants({ ...state, rewired: fromScratch.rewired }, ["a"]),
        );
      }
    }),
    { numRuns: 150 },
  );
});

it("after any events, the plan from what changed equals the plan from scratch", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60, size: "max" }), (steps) => {
      const stage = new Stage(TEXT);
      for (const each of steps) {
        apply(stage, each);
        const { view, state } = stage;
        const living = state.cells.filter(({ values }) => values.kind === "in-kernel");
        expect(stage.held).toEqual(new Map(living.map(({ cell, generation }) => [cell.id, generation])));
        // Without the state of the last plan: nothing is left to run, and the queue is the same.
        const fromScratch = plan(state, { ...NO_KERNEL, process: view.process, inputs: view.inputs });
        expect(fromScratch.actions).toEqual([]);
        expect(fromScratch.view.queue).toEqual(view.queue);
      }
    }),
    { numRuns: 100 },
  );
});

it("after any events, `changed` names every cell that the last event changed", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60, size: "max" }), (steps) => {
      const stage = new Stage(TEXT);
      for (const each of steps) apply(stage, each);
      let before = initialState("n.ts");
      for (const logged of stage.events) {
        const { cells } = before;
        before = reduce(before, logged);
        if (before.changed === "any") continue;
        const others = before.cells.filter((cell, place) => cell !== cells[place]);
        expect(before.changed).toEqual(expect.arrayContaining(others.map(({ cell }) => cell.id)));
      }
    }),
    { numRuns: 50 },
  );
});
