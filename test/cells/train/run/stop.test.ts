/** The end of a run: by code, by the page, by a rule, by its cell, or by a failure. */
import * as tf from "@tensorflow/tfjs";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Method, Probe, Run } from "../../../../cells/contracts.ts";
import { useBackend } from "../../model/backend.ts";
import { SmallRuns } from "./small-runs.ts";

let small: SmallRuns;
beforeAll(() => useBackend("wasm"));
beforeEach(async () => {
  small = await SmallRuns.open();
  return () => small.host.end();
});

describe("a run", () => {
  it("can be stopped while it is paused, and stops when its cell ends", async () => {
    const run = small.start();
    run.pause();
    await small.until(() => small.host.runs[0]!.changes.length > 0);
    run.stop();
    await run.finished;
    expect(small.host.runs[0]!.changes).toEqual([
      { kind: "pause", step: 0 },
      { kind: "stop", step: 0 },
    ]);
    const other = small.start();
    other.pause();
    await small.until(() => small.host.runs[1]!.changes.length > 0);
    small.host.end();
    await other.finished;
    expect(other.status).toBe("stopped");
  });

  it.each<[string, (run: Run) => void]>([
    ["code", (run) => run.stop()],
    ["the page", () => small.host.runs[0]!.obey({ type: "stop" })],
    ["the end of its cell", () => small.host.runs[0]!.abort.abort()],
  ])("is stopped by %s before the next step, without further probes", async (_cause, stop) => {
    const measured: number[] = [];
    const run = small.start();
    const first: Probe = {
      name: "first",
      measure: async () => {
        if (run.rows.length === 3) stop(run);
        return {};
      },
    };
    const second: Probe = {
      name: "second",
      measure: async () => {
        measured.push(run.rows.length);
        return {};
      },
    };
    await run.every(1, first, second).finished;
    expect([run.status, run.rows.length, measured]).toEqual(["stopped", 3, [0, 1, 2]]);
    expect(small.host.runs[0]!.changes).toEqual([{ kind: "stop", step: 3 }]);
    expect(small.host.runs[0]!.checkpoints.map(({ step }) => step)).toEqual([3]);
    run.stop();
  });

  it("obeys the orders that were given before a stop", async () => {
    const run = small.start();
    run.checkpoint();
    run.stop();
    await run.finished;
    expect(small.host.runs[0]!.checkpoints).toMatchObject([{ step: 0, marked: true }]);
  });

  it("is stopped by a rule, and records its reason", async () => {
    const run = small.start().stopWhen(({ step, loss }, rows) => step > 4 && loss > 0 && `after ${rows.length} rows`);
    await run.finished;
    expect([run.status, run.rows.length]).toEqual(["stopped", 5]);
    expect(small.host.runs[0]!.changes.at(-1)).toEqual({ kind: "stop", step: 5, rule: "after 4 rows" });
    expect(small.host.runs[0]!.message).toBe("Stopped by a rule: after 4 rows");
    expect(small.host.runs[0]!.checkpoints.at(-1)?.step).toBe(5);
  });

  it("reports a rule that throws, and continues without it", async () => {
    const run = small.start({ steps: 3 }).stopWhen(() => {
      throw new Error("no such column");
    });
    await run.finished;
    expect(run.status).toBe("done");
    const message = "The rule failed and is no longer checked: no such column";
    expect(small.host.runs[0]!.changes).toEqual([{ kind: "alert", step: 1, name: "stop rule", message }]);
  });

  it("raises an alert at the step in which it fails", async () => {
    let steps = 0;
    const run = small.start({ method: { ...small.method, weight: () => (++steps > 4 ? Number.NaN : 1) } });
    await expect(run.finished).rejects.toThrow(/at step 3/);
    expect(small.host.runs[0]!.changes).toMatchObject([{ kind: "alert", step: 3, name: "failure" }]);
  });

  it("fails if a step fails, even if a stop was ordered during that step", async () => {
    const weight: Method["weight"] = () => {
      run.stop();
      return Number.NaN;
    };
    const run = small.start({ method: { ...small.method, weight } });
    await expect(run.finished).rejects.toThrow(/failed at step 1/);
    expect(run.status).toBe("failed");
  });

  it("still has its state after its cell has ended, and leaves no tensor in memory", async () => {
    const before = tf.memory().numTensors;
    const run = small.start();
    await small.until(() => run.rows.length === 4);
    const alive = await run.state();
    const rows = run.rows.length;
    small.host.end();
    await run.finished;
    expect(rows).toBeLessThan(12);
    expect((await run.state()).length).toBe(alive.length);
    expect(tf.memory().numTensors).toBeLessThan(before);
  });
});
