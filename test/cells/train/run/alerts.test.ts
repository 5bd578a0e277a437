/** The ready-made rules: loss spikes and thresholds. */
import { beforeAll, describe, expect, it } from "vitest";
import { alerts } from "../../../../cells/train/run/alerts.ts";
import type { Row } from "../../../../cells/types.ts";
import { useBackend } from "../../model/backend.ts";
import { collectWarnings, SmallRuns, samples } from "./small-runs.ts";

beforeAll(() => useBackend("wasm"));

describe("rules", () => {
  const row = (step: number, loss: number): Row => ({ step, loss });
  const noisy = Array.from({ length: 40 }, (_, at) => row(at + 1, 2 - at / 100 + ((at * 7) % 5) / 50));
  it("detect a spike, but none in noise, in a falling loss, in few rows or in equal rows", () => {
    const rule = alerts.lossSpike();
    expect(noisy.filter((each, at) => rule(each, noisy.slice(0, at)) !== false)).toEqual([]);
    expect(rule(row(41, 3.5), noisy)).toMatch(/The loss is 3.50/);
    expect(rule(row(9, 30), noisy.slice(0, 8))).toBe(false);
    const flat = Array.from({ length: 20 }, (_, at) => row(at, 1));
    expect([rule(row(20, 1), flat), rule(row(20, 1.05), flat)]).toEqual([false, false]);
    expect(rule(row(20, 1.2), flat)).not.toBe(false);
  });
  it("detect a measure above its level as soon as it has been measured", () => {
    const rule = alerts.above("forgetting", 0.3);
    expect([rule(row(1, 1), []), rule({ ...row(2, 1), forgetting: 0.3 }, [])]).toEqual([false, false]);
    expect(rule({ ...row(3, 1), forgetting: 0.3123 }, [])).toBe("forgetting is 0.312.");
    expect(rule.name).toBe("forgetting above 0.3");
  });
});

describe("what a run finds before its first step", () => {
  it("is an alert of the run, of a fork only once, and a line in the console", async () => {
    const { warned, restore } = collectWarnings();
    const small = await SmallRuns.open();
    const longest = Math.max(...samples.map((sample) => small.base.tokens(sample).length));
    const run = small.start({ steps: 4, warmup: 4, maxLength: longest - 1 });
    run.checkpoint();
    await run.finished;
    const fork = run.fork({ at: 0 });
    await fork.finished;
    const found = small.host.runs.map(({ changes }) => changes.filter(({ kind }) => kind === "alert"));
    const long = {
      kind: "alert",
      step: 0,
      name: "long samples",
      message: expect.stringMatching(/^Of 8 samples, \d were cut/),
    };
    const rate = {
      kind: "alert",
      step: 0,
      name: "warm-up",
      message: expect.stringMatching(/^The warm-up has 4 steps/),
    };
    expect(found).toEqual([
      [long, rate],
      [long, rate],
    ]);
    expect(warned.join("\n")).toMatch(/train\(…\): of 8 samples, .*\n.*train\(…\): the warm-up has 4 steps/);
    small.host.end();
    restore();
  });
});
