/** Any events that a session may meet, in any order, for tests of properties. */
import fc from "fast-check";
import type { SessionEvent } from "../../../server/events.ts";
import type { Cell } from "../../../server/notebook/types.ts";
import { alive } from "../../../server/state/freshness.ts";
import type { Stage } from "./stage.ts";

/** A notebook for these events. */
export const TEXT = `// %% [markdown]
// # Words
// %% k
import { input } from "palimpsest";
const n = input.number("n", { value: 1 });
const live = input.live.number("live", { value: 1 });
// %% a
const a = n;
// %% b cache
const b = a;
// %% c mode=manual
const c = b + n;
// %% s
const s = stream(async function* () { yield a; });
// %% d
a + c + s;
// %% e mode=once
const e = b;
// %% f
e + s;
`;
const IDS = ["k", "a", "b", "c", "s", "d", "e", "f"];
const id = fc.constantFrom(...IDS);
const number = fc.constantFrom(1, 2, 3);

export type Step =
  | SessionEvent
  | { readonly does: "settle" | "finish" | "fail" | "stop" | "store" | "restart"; readonly which: number }
  | { readonly does: "yield" | "declare"; readonly which: number };

export const step: fc.Arbitrary<Step> = fc
  .oneof(
    {
      weight: 12,
      arbitrary: fc.record({
        does: fc.constantFrom(
          "settle",
          "settle",
          "finish",
          "finish",
          "finish",
          "fail",
          "stop",
          "store",
          "store",
          "restart",
        ),
        which: fc.nat(3),
      }),
    },
    { weight: 4, arbitrary: fc.record({ does: fc.constantFrom("yield", "declare"), which: number }) },
    {
      weight: 5,
      arbitrary: fc.record({
        type: fc.constant("run-asked" as const),
        cells: fc.oneof(fc.array(id, { maxLength: 2 }), fc.constantFrom("all" as const, "stale" as const)),
      }),
    },
    {
      weight: 4,
      arbitrary: fc.record({
        type: fc.constant("input-set" as const),
        cell: fc.constantFrom("k", "k", "a"),
        name: fc.constantFrom("n", "n", "live"),
        value: number,
      }),
    },
    {
      weight: 4,
      arbitrary: fc.record({
        type: fc.constant("cell-edited" as const),
        cell: id,
        source: fc.constantFrom(
          "const a = 1;",
          "const a = n;",
          "const a = c;",
          "const b = a; // a comment",
          "const c = ;",
          "const s = stream(async function* () { yield 1; });",
          "e + s;",
          'import { x } from "./x.ts"; const e = x + n;',
          'const n = input.number("n", { value: 1 });',
        ),
        by: fc.constant("me"),
      }),
    },
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
        type: fc.constant("files-read" as const),
        files: fc.constantFrom(
          { "./x.ts": { digest: "1", faults: [] } },
          { "./x.ts": { digest: "2", faults: [] } },
          {
            "./x.ts": {
              digest: "3",
              faults: [{ kind: "syntax" as const, file: "x.ts", line: 1, column: 1, message: "" }],
            },
          },
        ),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ type: fc.constant("stop-asked" as const), cell: fc.option(id, { nil: "a" }) }),
    },
    { weight: 1, arbitrary: fc.record({ type: fc.constant("cell-removed" as const), cell: id }) },
    {
      weight: 1,
      arbitrary: fc.record({ type: fc.constant("cell-renamed" as const), cell: id, to: fc.constantFrom("x", "a") }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        type: fc.constant("cell-moved" as const),
        cell: id,
        after: fc.constantFrom("a", "f", null),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        type: fc.constant("settings" as const),
        settings: fc.record({ lazy: fc.boolean(), ask: fc.constantFrom(0, "never" as const) }),
      }),
    },
    { weight: 1, arbitrary: fc.record({ type: fc.constant("ask-answered" as const), run: fc.boolean() }) },
  )
  .filter((each) => !("type" in each && each.type === "cell-renamed" && each.cell === each.to)) as fc.Arbitrary<Step>;

/** Applies an event, or the events that the kernel would send for a step. */
export function apply(stage: Stage, each: Step): void {
  if (stage.view.process === "starting") stage.apply({ type: "kernel-ready", pid: 1, backend: "cpu", passedOver: [] });
  if ("type" in each) {
    // Two cells cannot have the same id.
    if (each.type === "cell-renamed" && stage.state.places.has(each.to)) return;
    stage.apply(each);
    return;
  }
  const running = stage.state.cells.filter(({ status }) => status === "running");
  if (each.does === "declare") {
    if (running.some((each) => each.cell.id === "k" && !alive(each))) stage.declare("k", "n", each.which);
    return;
  }
  if (each.does === "yield") {
    const streamer = stage.state.cells.find(({ cell, values }) => cell.id === "s" && values.kind === "in-kernel");
    const value = { name: "s", count: each.which, generation: streamer?.generation ?? 0 };
    if (streamer) stage.apply({ type: "stream-value", cell: "s", ...value });
    return;
  }
  if (each.does === "store") {
    for (const { cell, values, status, generation } of stage.state.cells) {
      if (cell.options.cache && status === "done" && values.kind === "in-kernel")
        stage.apply({ type: "cache-stored", cell: cell.id, generation, snapshot: values.snapshot });
    }
    return;
  }
  if (each.does === "restart") {
    if (each.which === 0) stage.apply({ type: "kernel-ended", cause: "died", reason: "gone" });
    return;
  }
  const chosen = running[each.which % Math.max(1, running.length)];
  if (!chosen) return;
  if (each.does === "settle") stage.settle(chosen.cell.id);
  else stage.finish(chosen.cell.id, each.does === "finish" ? "done" : each.does === "fail" ? "failed" : "stopped");
}
