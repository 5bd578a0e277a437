import fc from "fast-check";
import { expect, it } from "vitest";
import { checked } from "../../../server/session/schema/fault.ts";
import { statePart } from "../../../server/session/schema/parts.ts";
import { partsOf, type StatePart, stateOf } from "../../../server/state/parts.ts";
import { initialState, reduce } from "../../../server/state/reducer.ts";
import { replay } from "../../../server/state/replay.ts";
import type { SessionState } from "../../../server/state/state.ts";
import type { Row } from "../../../server/values.ts";
import { apply, step, TEXT } from "./any-events.ts";
import { Stage } from "./stage.ts";

function sent(state: SessionState): SessionState {
  const parts = [...partsOf(state)].map((part): StatePart => JSON.parse(JSON.stringify(part)));
  for (const part of parts) expect(checked(statePart, part)).toEqual({ value: part });
  return stateOf(parts);
}

/** Two lists may name a few cells too many, and `changed` belongs to the last event. */
function compared(state: SessionState): unknown {
  return { ...state, changed: [], rewired: [], streamCells: [] };
}

it("after any events, the parts of a state give the same state", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60, size: "max" }), (steps) => {
      const stage = new Stage(TEXT);
      for (const each of steps) apply(stage, each);
      expect(compared(sent(stage.state))).toEqual(compared(stage.state));
    }),
    { numRuns: 200 },
  );
});

it("an event has the same effect on both", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30, size: "max" }), fc.array(step, { maxLength: 5 }), (before, after) => {
      const stage = new Stage(TEXT);
      for (const each of before) apply(stage, each);
      let copy = sent(stage.state);
      const first = stage.events.length;
      for (const each of after) apply(stage, each);
      for (const logged of stage.events.slice(first)) copy = reduce(copy, logged);
      expect(compared(copy)).toEqual(compared(stage.state));
    }),
    { numRuns: 100 },
  );
});

const RUN = {
  id: "r",
  cell: "a",
  generation: 1,
  method: "m",
  steps: 9,
  config: {},
  snapshot: "",
  knobs: {},
  folder: "",
};

function withRows(rows: readonly Row[]): SessionState {
  const stage = new Stage(TEXT);
  stage.apply({ type: "run-started", run: RUN });
  stage.apply({ type: "run-rows", run: "r", table: "rows", from: 0, rows });
  return stage.state;
}

it("rows keep their columns: a missing number stays missing, and one that is not finite stays null", () => {
  const rows = [
    { step: 1, loss: 2 },
    { step: 2, loss: null, kl: 0 },
    { step: 3, loss: 1 },
  ] as unknown as Row[];
  expect(sent(withRows(rows)).runs.r?.rows).toEqual(rows);
});

it("a long run is many parts, none of them large", () => {
  const rows = Array.from({ length: 50_001 }, (_, step) => ({ step, loss: step / 7 }));
  const state = withRows(rows);
  const parts = [...partsOf(state)].filter(({ part }) => part === "rows");
  expect(parts.map((each) => each.part === "rows" && each.length)).toEqual([20_000, 20_000, 10_001]);
  expect(sent(state).runs.r?.rows).toEqual(rows);
});

it("replaying events gives the same state as applying one after the other", () => {
  const stage = new Stage(TEXT);
  stage.apply({ type: "run-started", run: RUN });
  stage.apply({ type: "run-started", run: { ...RUN, id: "q" } });
  for (let from = 0; from < 40; from++) {
    const row = { step: from, loss: 1 };
    stage.apply({ type: "run-rows", run: from % 3 === 0 ? "q" : "r", table: "rows", from, rows: [row] });
    stage.apply({ type: "run-rows", run: "r", table: "probes", from, rows: [row] });
    if (from % 11 === 10)
      stage.apply({ type: "run-rewound", run: "r", change: { kind: "rewind", step: from, to: from - 3 } });
    if (from % 7 === 0) stage.apply({ type: "notice", level: "info", text: String(from) });
  }
  expect(replay(initialState("n.ts"), stage.events)).toEqual({ ...stage.state, changed: expect.anything() });
});
