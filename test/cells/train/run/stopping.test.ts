/** Early stopping, and rules about columns that a run does not have. */
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { probes } from "../../../../cells/measure/probes.ts";
import { alerts } from "../../../../cells/train/run/alerts.ts";
import { stopping } from "../../../../cells/train/run/stopping.ts";
import type { ProbeRow } from "../../../../cells/types.ts";
import { useBackend } from "../../model/backend.ts";
import { SmallRuns, samples, scores } from "./small-runs.ts";

let small: SmallRuns;
beforeAll(() => useBackend("wasm"));
beforeEach(async () => {
  small = await SmallRuns.open();
  return () => small.host.end();
});

describe("stopping.noImprovement", () => {
  it("counts the measurements of a probe since its best value, not steps", async () => {
    const run = small.start().every(2, scores("score", 1, 3, 2, 3, 1));
    await run.stopWhen(stopping.noImprovement("score", { patience: 2, mode: "max" })).finished;
    expect([run.status, run.rows.length]).toEqual(["stopped", 6]);
    const rule = "score has not improved in 2 measurements; its best value is 3.";
    expect(small.host.runs[0]!.changes).toEqual([{ kind: "stop", step: 6, rule }]);
  });

  it("does not stop while the value improves, by more than asked", async () => {
    const run = small.start({ steps: 4 }).every(1, scores("score", 5, 4, 3, 2, 1));
    await run.stopWhen(stopping.noImprovement("score", { patience: 1 })).finished;
    expect(run.status).toBe("done");
    const measured: ProbeRow[] = [5, 4.9, 4.8].map((score, step) => ({ step, score }));
    const rule = stopping.noImprovement("score", { patience: 2, minChange: 0.5 });
    expect(rule({ step: 3, loss: 1 }, [], measured)).toMatch(/not improved in 2 measurements/);
  });

  it("works on columns of the rows, and refuses options that it does not have", () => {
    const rows = [3, 2, 2.5].map((loss, at) => ({ step: at + 1, loss }));
    const rule = stopping.noImprovement("loss", { patience: 2 });
    expect([rule(rows[2]!, rows.slice(0, 2)), rule({ step: 4, loss: 2 }, rows)]).toEqual([
      false,
      "loss has not improved in 2 measurements; its best value is 2.",
    ]);
    expect(() => stopping.noImprovement("loss", { patience: 0 })).toThrow(/patience must be/);
    expect(() => stopping.noImprovement("loss", { patiense: 2 } as object)).toThrow(/Did you mean "patience"/);
  });
});

describe("a rule about a column that the run does not have", () => {
  it.each([
    ["above", alerts.above("scroe", 1), "alertWhen"],
    ["below", alerts.below("scroe", 1), "alertWhen"],
    ["noImprovement", stopping.noImprovement("scroe"), "stopWhen"],
  ] as const)("raises one alert that names the columns: %s", async (_name, rule, method) => {
    const run = small.start({ steps: 3 }).every(1, scores("score", 2));
    await run[method](rule).finished;
    const changes = small.host.runs[0]!.changes;
    expect(changes).toMatchObject([{ kind: "alert", step: 1, name: rule.name }]);
    expect(changes[0]).toHaveProperty(
      "message",
      expect.stringMatching(/"scroe" so far\. Did you mean "score"\?.*loss/),
    );
  });

  it("raises none if the column is one of the rows or of a probe", async () => {
    const run = small.start({ steps: 3 }).every(3, scores("score", 2));
    await run.alertWhen(alerts.above("score", 5)).alertWhen(alerts.below("loss", -1)).finished;
    expect(small.host.runs[0]!.changes).toEqual([]);
  });
});

it("probes.heldOut measures the mean NLL per token of pairs and of samples", async () => {
  const pair = { source: "a", reference: "river", from: "A", to: "B", instruction: "see" };
  const sample = {
    prompt: [{ role: "user" as const, content: "see" }],
    segments: [{ role: "translation" as const, origin: "data" as const, text: "river", weight: 1 }],
    endTurn: true,
  };
  const [own] = await small.base.nll([sample]);
  const expected = own!.nll / own!.tokens;
  expect((await probes.heldOut([pair]).measure(small.base)).heldOut).toBeCloseTo(expected, 5);
  expect((await probes.heldOut([sample, ...samples], { limit: 1 }).measure(small.base)).heldOut).toBeCloseTo(
    expected,
    5,
  );
  expect(() => probes.heldOut([])).toThrow(/pairs or samples/);
});
