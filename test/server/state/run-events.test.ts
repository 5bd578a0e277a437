/** Runs in the state of the session: what the kernel reports about them, and which orders are refused. */
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import type { RunInfo, SessionEvent } from "../../../server/events.ts";
import { readMessage } from "../../../server/http/wire.ts";
import { printNotebook } from "../../../server/notebook/source/print.ts";
import { earlierState, logPath } from "../../../server/session/history.ts";
import { Log } from "../../../server/session/log.ts";
import { atRest } from "../../../server/state/at-rest.ts";
import type { CellState } from "../../../server/state/cell-state.ts";
import { alive } from "../../../server/state/freshness.ts";
import { eventsOf, Refused } from "../../../server/state/requests.ts";
import type { RunChange, RunOrder } from "../../../server/values.ts";
import { Stage } from "./stage.ts";

const info = (id: string, stage: Stage): RunInfo => ({
  ...{ id, cell: "a", generation: stage.cell("a").generation, snapshot: stage.cell("a").snapshot },
  ...{ method: "radis", steps: 9, config: {}, knobs: { weight: 1 }, folder: `.palimpsest/runs/${id}` },
});
const changed = (run: string, change: RunChange): SessionEvent => ({ type: "run-changed", run, change });

/** A cell with a run r1 after six steps, with checkpoints at the steps 2 and 4. */
function trained(): Stage {
  const stage = new Stage("// %% a\nconst a = 1;\na;\n");
  stage.ask("a");
  stage.apply({ type: "kernel-ready", pid: 1, backend: "cpu", passedOver: [] });
  stage.settle("a");
  stage.apply({ type: "run-started", run: info("r1", stage) });
  stage.apply({ type: "cell-output", cell: "a", generation: 1, output: { kind: "run", run: "r1" } });
  const rows = Array.from({ length: 6 }, (_, at) => ({ step: at + 1, loss: 6 - at }));
  stage.apply({ type: "run-rows", run: "r1", table: "rows", from: 0, rows });
  stage.apply({ type: "run-rows", run: "r1", table: "probes", from: 0, rows: [{ step: 0 }, { step: 5, general: 1 }] });
  stage.apply(changed("r1", { kind: "knob", step: 3, name: "weight", value: 2 }));
  stage.apply(changed("r1", { kind: "alert", step: 6, name: "loss spike", message: "!" }));
  const checkpoints = [2, 4].map((step) => ({ step, marked: false }));
  stage.apply({ type: "run-checkpoints", run: "r1", checkpoints });
  return stage;
}

const paused = (cell: CellState): boolean => cell.status === "running" && cell.paused;

it("a run that is rewound loses its later rows, probes and changes, and records the rewind", () => {
  const stage = trained();
  stage.apply({ type: "run-rewound", run: "r1", change: { kind: "rewind", step: 6, to: 4 } });
  const run = stage.state.runs.r1!;
  expect(run.rows.map(({ step }) => step)).toEqual([1, 2, 3, 4]);
  expect(run.probes).toEqual([{ step: 0 }]);
  expect(run.changes.map(({ kind }) => kind)).toEqual(["knob", "rewind"]);
  stage.apply({ type: "run-rows", run: "r1", table: "rows", from: 4, rows: [{ step: 5, loss: 1 }] });
  expect(stage.state.runs.r1!.rows.at(-1)).toEqual({ step: 5, loss: 1 });
});

it("a paused run counts as running; its cell is paused when all its runs are paused", () => {
  const stage = trained();
  stage.apply({ type: "run-started", run: info("r2", stage) });
  stage.apply(changed("r1", { kind: "pause", step: 6 }));
  expect([stage.state.runs.r1!.status, paused(stage.cell("a"))]).toEqual(["running", false]);
  stage.apply(changed("r2", { kind: "pause", step: 0 }));
  expect([stage.status("a"), paused(stage.cell("a"))]).toEqual(["running", true]);
  stage.apply(changed("r1", { kind: "resume", step: 6 }));
  expect(paused(stage.cell("a"))).toBe(false);
});

it("a fork of a run whose cell had finished puts the cell back into the phase running", () => {
  const stage = trained();
  stage.apply({ type: "run-ended", run: "r1", status: "done" });
  stage.finish("a");
  stage.apply({ type: "run-started", run: { ...info("r2", stage), parent: { run: "r1", step: 4 } } });
  expect([stage.status("a"), alive(stage.cell("a"))]).toEqual(["running", true]);
});

it("a run whose kernel died is interrupted; it continues from a checkpoint when its cell runs again", () => {
  const stage = trained();
  stage.apply({ type: "kernel-ended", cause: "died", reason: "It was killed." });
  expect(stage.state.runs.r1).toMatchObject({ status: "interrupted", message: "It was killed." });
  expect(atRest(stage.state).runs).toEqual(stage.state.runs);
  stage.apply({ type: "run-started", run: { ...info("r1", stage), generation: 2 } });
  stage.apply({ type: "run-rewound", run: "r1", change: { kind: "restart", step: 6, to: 4 } });
  expect(stage.state.runs.r1).toMatchObject({ status: "running", info: { generation: 2 } });
  expect(stage.state.runs.r1!.message).toBeUndefined();
  expect(stage.state.runs.r1!.rows).toHaveLength(4);
});

it("a run that no output shows is kept while it is interrupted, and forgotten when it has ended", () => {
  const [interrupted, done] = (["interrupted", "done"] as const).map((status) => {
    const stage = trained();
    stage.apply({ type: "run-ended", run: "r1", status });
    const cells = stage.state.cells.map((cell) => ({ ...cell, outputs: [] }));
    return "r1" in atRest({ ...stage.state, cells }).runs;
  });
  expect([interrupted, done]).toEqual([true, false]);
});

it("a run is interrupted, too, if the log ends in the middle of it because the server was killed", async () => {
  const workspace = await mkdtemp(join(tmpdir(), "training-"));
  const stage = trained();
  const fail = (): never => expect.fail("the log could not be written");
  const log = await Log.begin(logPath(workspace, "n.ts"), { state: () => stage.state, failed: fail, lost: fail });
  await log.close();
  const notebook = { cells: stage.state.cells.map(({ cell }) => cell) };
  const state = await earlierState(workspace, "n.ts", { text: printNotebook(notebook), notebook }, 1);
  expect(state.runs.r1).toMatchObject({ status: "interrupted", message: "The workbench was killed." });
});

it("an order that a run cannot follow is refused with the reason", () => {
  const stage = trained();
  const steer = (order: RunOrder, run = "r1") => eventsOf(stage.state, { type: "steer", run, order }, 0);
  expect(steer({ type: "rewind", to: 4 })).toEqual([
    { type: "run-steered", run: "r1", order: { type: "rewind", to: 4 } },
  ]);
  const refused = (order: RunOrder, run?: string): string => {
    try {
      steer(order, run);
    } catch (error) {
      if (error instanceof Refused) return error.message;
      throw error;
    }
    return "";
  };
  expect(refused({ type: "pause" }, "r9")).toBe("The run r9 no longer exists.");
  expect(refused({ type: "rewind", to: 3 })).toBe("The run r1 has no checkpoint at step 3.");
  expect(refused({ type: "fork", at: 4, knobs: { weight: "much" } })).toBe(
    'weight cannot be "much" in a fork of the run r1: it must be a number.',
  );
  expect(refused({ type: "fork", at: 4, knobs: { speed: 1 } })).toBe("The run r1 has no knob speed.");
  stage.apply({ type: "run-ended", run: "r1", status: "done" });
  expect(refused({ type: "pause" })).toBe("The run r1 has ended. It can be forked at a checkpoint.");
  expect(refused({ type: "fork", at: 4, knobs: {} })).toBe("");
  stage.apply({ type: "kernel-ended", cause: "restarted", reason: "restarted" });
  expect(refused({ type: "fork", at: 4, knobs: {} })).toMatch(/belongs to an earlier execution of the cell a/);
});

it("valid orders pass the wire unchanged; all others are rejected", () => {
  const sent = (order: unknown) => readMessage(JSON.stringify({ id: 1, request: { type: "steer", run: "r1", order } }));
  for (const order of [
    { type: "pause" },
    { type: "step", steps: 3 },
    { type: "rewind", to: 0 },
    { type: "fork", at: 4, knobs: { weight: 0.5 } },
  ])
    expect(sent(order)).toEqual({ kind: "message", message: { id: 1, request: { type: "steer", run: "r1", order } } });
  for (const order of [{ type: "dance" }, { type: "step", steps: 0 }, { type: "rewind" }, { type: "fork", at: 4 }, 7])
    expect(sent(order).kind).toBe("invalid");
});
