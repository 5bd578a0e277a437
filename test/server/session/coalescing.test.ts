import { expect, it } from "vitest";
import type { SessionEvent } from "../../../server/events.ts";
import { Coalescing, joined } from "../../../server/session/coalescing.ts";

const row = (run: string, from: number): SessionEvent => ({
  type: "run-rows",
  run,
  table: "rows",
  from,
  rows: [{ step: from, loss: 1 }],
});
const progress = (cell: string, done: number): SessionEvent => ({
  type: "cell-progress",
  cell,
  generation: 1,
  label: "steps",
  done,
  total: 9,
});

it("joins rows of one table, and passes on only the last progress of a cell", () => {
  const events = [row("r", 0), progress("a", 1), row("s", 0), row("r", 1), progress("b", 1), progress("a", 2)];
  const held = events.reduce<SessionEvent[]>(joined, []);
  expect(held).toEqual([
    {
      ...row("r", 0),
      rows: [
        { step: 0, loss: 1 },
        { step: 1, loss: 1 },
      ],
    },
    row("s", 0),
    progress("b", 1),
    progress("a", 2),
  ]);
});

it("keeps the order: collected events come before an event of another kind", () => {
  const passed: SessionEvent[] = [];
  const coalescing = new Coalescing((events) => passed.push(...events));
  coalescing.push(row("r", 0));
  coalescing.push(row("r", 1));
  expect(passed).toEqual([]);
  coalescing.push({ type: "run-ended", run: "r", status: "done" });
  expect(passed.map((event) => event.type)).toEqual(["run-rows", "run-ended"]);
});
