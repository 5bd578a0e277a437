import fc from "fast-check";
import { expect, it } from "vitest";
import type { SessionEvent } from "../../../server/events.ts";
import { ancestors } from "../../../server/notebook/graph/topology.ts";
import { parseNotebook } from "../../../server/notebook/source/parse.ts";
import { printNotebook } from "../../../server/notebook/source/print.ts";
import type { Cell } from "../../../server/notebook/types.ts";
import type { CellState } from "../../../server/state/cell-state.ts";
import type { SessionState } from "../../../server/state/state.ts";
import { howMany } from "../../fault/soak.ts";
import { Stage } from "./stage.ts";

const cached = ({ cache }: CellState): string | undefined => (cache.kind === "stored" ? cache.snapshot : undefined);
const TEXT =
  "// %% a\nconst a = 1;\n\n// %% b cache\nconst b = a;\n\n// %% c mode=manual\nconst c = b;\n\n// %% d\na + c;\n\n// %% e mode=once\nconst e = b;\n\n// %% f\ne;\n";
const IDS = ["a", "b", "c", "d", "e", "f"];

const id = fc.constantFrom(...IDS);
const source = fc.constantFrom(
  "const a = 1;",
  "const a = 1; // a comment",
  "const a = 2;",
  "const b = a;",
  "const b = c;",
  "const c = b;",
  "const c = 3;",
  "a + c;",
  "const e = ;",
  "e;",
  'import { a as f } from "./x.ts";',
);
const edit = fc.record({ type: fc.constant("cell-edited" as const), cell: id, source, by: fc.constant("me") });
type Step = SessionEvent | "finish" | "fail" | "store";
const event: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.constant("finish" as const) },
  { weight: 2, arbitrary: fc.constant("store" as const) },
  { weight: 1, arbitrary: fc.constant("fail" as const) },
  { weight: 3, arbitrary: edit },
  {
    weight: 3,
    arbitrary: fc.record({
      type: fc.constant("run-asked" as const),
      cells: fc.oneof(fc.array(id, { maxLength: 2 }), fc.constantFrom("all" as const, "stale" as const)),
    }),
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("cell-removed" as const), cell: id }) },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant("cell-options" as const),
      cell: id,
      options: fc.constantFrom<Cell["options"]>({}, { cache: "true" }, { disabled: "true" }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      type: fc.constant("settings" as const),
      settings: fc.record({ lazy: fc.boolean(), ask: fc.constantFrom(1, "never" as const) }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("ask-answered" as const), run: fc.boolean() }) },
  {
    weight: 1,
    arbitrary: fc.record({
      type: fc.constant("cost-known" as const),
      cell: id,
      cost: fc.constant({ seconds: 2, bytes: 1 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      type: fc.constant("files-read" as const),
      files: fc.constantFrom<SessionState["files"]>({}, { "./x.ts": { digest: "1", faults: [] } }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ type: fc.constant("cell-moved" as const), cell: id, after: fc.constantFrom("a", null) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      type: fc.constant("kernel-ended" as const),
      cause: fc.constantFrom("closed" as const, "died" as const),
      reason: fc.constant("gone"),
    }),
  },
);

/** `store`: the results of all cells that are done are stored in the cache. */
function apply(stage: Stage, step: Step): void {
  if (stage.view.process === "starting") stage.apply({ type: "kernel-ready", pid: 1, backend: "cpu", passedOver: [] });
  const running = stage.state.cells.find((cell) => cell.status === "running");
  if (typeof step === "object") stage.apply(step);
  else if (step === "store") {
    for (const { cell, values, status, generation } of stage.state.cells) {
      if (cell.options.cache && status === "done" && values.kind === "in-kernel")
        stage.apply({ type: "cache-stored", cell: cell.id, generation, snapshot: values.snapshot });
    }
  } else if (running) stage.finish(running.cell.id, step === "finish" ? "done" : "failed");
}

/** The cells that a cell's values depend on. A cached result depends on no other cell. */
function ancestorsOf(stage: Stage, cell: string): ReadonlySet<string> {
  const cache = new Set(stage.state.cells.filter((each) => cached(each) === each.snapshot).map((each) => each.cell.id));
  // A restored result stays valid after the cell's option `cache` is removed.
  const wasRestored = (user: string): boolean =>
    stage.messages
      .findLast((message) => message.split(" ")[1] === user && message.startsWith("execute"))
      ?.endsWith("=only") ?? false;
  const dependent = [...stage.state.topology.parents].filter(
    ([user]) => !(cache.has(user) && (stage.cell(user).cell.options.cache || wasRestored(user))),
  );
  return ancestors({ parents: new Map(dependent) }, [cell]);
}

/** Another cell gets the code of the one that others were made from: their snapshots stay the same. */
const edited = (cell: string, source: string): Step => ({ type: "cell-edited", cell, source, by: "me" });
const sameCode: readonly Step[][] = [
  [{ type: "run-asked", cells: "all" }, "finish", edited("a", "const e = ;"), edited("c", "const a = 1;")],
  [{ type: "run-asked", cells: ["a"] }, "finish", "finish", edited("c", "const a = 1;"), edited("a", "const e = ;")],
  [{ type: "run-asked", cells: ["a"] }, "finish", edited("a", "const b = c;"), edited("c", "const a = 1;")],
];

it("a fresh cell has no stale ancestor and no ancestor without values, except above a cached result", () => {
  fc.assert(
    fc.property(fc.array(event, { maxLength: 40, size: "max" }), (steps) => {
      const stage = new Stage(TEXT);
      for (const step of steps) {
        apply(stage, step);
        for (const { cell, generation, stale } of stage.state.cells) {
          if (generation === 0 || stale) continue;
          for (const above of ancestorsOf(stage, cell.id)) {
            const parent = stage.cell(above);
            const { stale: staleAbove, values, snapshot } = parent;
            expect({
              cell: cell.id,
              above,
              staleAbove,
              ran: values.kind === "in-kernel" || cached(parent) === snapshot,
            }).toEqual({
              ...{ cell: cell.id, above, staleAbove: false, ran: true },
            });
          }
          expect(stage.cell(cell.id).cell.options.disabled).toBeUndefined();
        }
      }
    }),
    { numRuns: howMany(100, 2_000), examples: sameCode.map((steps) => [steps]) },
  );
});

it("the order of the cells in the file does not change their snapshots and statuses", () => {
  const { cells } = parseNotebook(TEXT);
  const asked = event.filter((step) => typeof step === "object" && step.type !== "cell-moved");
  fc.assert(
    fc.property(
      fc.array(asked, { maxLength: 12 }),
      fc.shuffledSubarray([...cells], { minLength: cells.length }),
      (steps, order) => {
        const [one, other] = [new Stage(TEXT), new Stage(printNotebook({ cells: order }))];
        for (const step of steps) {
          for (const stage of [one, other]) {
            apply(stage, step);
            stage.complete();
            apply(stage, "store");
          }
        }
        const summary = ({ state }: Stage) =>
          Object.fromEntries(
            // Cells of a cycle have no meaningful snapshot.
            state.cells.map(({ cell, snapshot, status, stale, cache }) => [
              cell.id,
              [status === "blocked" ? "" : snapshot, status, stale, cache],
            ]),
          );
        expect(summary(other)).toEqual(summary(one));
        expect([...(other.state.pending?.cells ?? [])].sort()).toEqual([...(one.state.pending?.cells ?? [])].sort());
      },
    ),
    { numRuns: 100 },
  );
});

it("undoing edits makes the cells fresh again, in whatever order they are undone", () => {
  fc.assert(
    fc.property(
      fc.array(edit, { minLength: 1, maxLength: 6 }),
      fc.shuffledSubarray(IDS, { minLength: 6 }),
      (edits, order) => {
        const stage = new Stage(TEXT);
        stage.apply({ type: "run-asked", cells: "all" });
        stage.complete();
        const summary = (): unknown => stage.state.cells.map(({ cell, snapshot, stale }) => [cell.id, snapshot, stale]);
        const before = summary();
        const sources = new Map(stage.state.cells.map(({ cell }) => [cell.id, cell.source]));
        for (const each of edits) stage.apply(each);
        for (const cell of order) stage.apply({ type: "cell-edited", cell, source: sources.get(cell)!, by: "me" });
        expect(stage.state.cells.some(({ stale }) => stale)).toBe(false);
        expect(summary()).toEqual(before);
      },
    ),
    { numRuns: 60 },
  );
});
