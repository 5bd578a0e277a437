/** Steering a run from its card, with a scripted server in a real browser. */
import type { Locator } from "playwright-core";
import { beforeEach, describe, expect, test } from "vitest";
import type { SessionEvent } from "../../server/events.ts";
import type { RunChange } from "../../server/values.ts";
import { executable } from "./chromium.ts";
import { Stage } from "./stage.ts";
import * as story from "./story.ts";

describe.skipIf(!executable)("the card of a run", () => {
  const stage = new Stage();
  beforeEach(async () => {
    stage.server.push(...story.training, story.appended("r1", 0, story.rows(0, 60)));
    await stage.open();
    await card().waitFor();
  });

  const card = (): Locator => stage.page.locator('pal-run:has([data-run="r1"])');
  const button = (name: string | RegExp): Locator => card().getByRole("button", { name });
  const orders = (): unknown[] =>
    stage.server.requests.flatMap((each) => (each.type === "steer" ? [{ run: each.run, ...each.order }] : []));
  const changed = (change: RunChange): SessionEvent => ({ type: "run-changed", run: "r1", change });
  const height = async (): Promise<number | undefined> => (await card().boundingBox())?.height;

  test("pauses, steps, resumes and stops the run, and shows its status without moving anything", async () => {
    const before = await height();
    await button("Pause radis").click();
    stage.server.push(changed({ kind: "pause", step: 60 }));
    await card().getByText("paused", { exact: true }).waitFor();
    await button("One step of radis").click();
    await button("Resume radis").click();
    stage.server.push(changed({ kind: "resume", step: 60 }));
    await card().getByText("training", { exact: true }).waitFor();
    await button("Stop radis").click();
    await expect.poll(orders).toEqual([
      { run: "r1", type: "pause" },
      { run: "r1", type: "step", steps: 1 },
      { run: "r1", type: "resume" },
      { run: "r1", type: "stop" },
    ]);
    expect(await height()).toBe(before);
    stage.server.push(changed({ kind: "stop", step: 61, rule: "loss below 0.1" }), {
      type: "run-ended",
      run: "r1",
      status: "stopped",
    });
    await card().getByText("Stopped at step 61 by the rule “loss below 0.1”.", { exact: true }).waitFor();
    expect(await button("Stop radis").isVisible()).toBe(false);
  });

  test("shows what the run does before its first step", async () => {
    const before = await height();
    const phase = { type: "run-phase", run: "r1", label: "Writing rationales" } as const;
    stage.server.push({ ...phase, done: 120, total: 300 });
    await card().getByText("Writing rationales 120/300", { exact: true }).waitFor();
    await card().getByText("preparing", { exact: true }).waitFor();
    expect(await height()).toBe(before);
    stage.server.push({ type: "run-prepared", run: "r1", steps: 300, config: {} });
    await card().getByText("training", { exact: true }).waitFor();
    await card().getByText(/^step/).waitFor();
  });

  test("shows alerts on the card and in the chart, lists checkpoints, rewinds, and forks with other knobs", async () => {
    stage.server.push(
      changed({ kind: "knob", step: 20, name: "weight", value: 0.5 }),
      changed({ kind: "alert", step: 44, name: "loss spike", message: "The loss is 9." }),
      {
        type: "run-checkpoints",
        run: "r1",
        checkpoints: [
          { step: 10, marked: true },
          { step: 40, marked: false },
        ],
      },
    );
    await button("1 alert").click();
    await card().getByText("loss spike at step 44: The loss is 9.").last().waitFor();
    await stage.page.locator("pal-plot").scrollIntoViewIfNeeded();
    await expect.poll(() => stage.page.locator('pal-plot [aria-label="rule"] line').count()).toBe(1);
    await button("Rewind to step 40").click();
    await button("Fork… at step 40").click();
    const weight = card().getByLabel("weight");
    expect(await weight.inputValue()).toBe("0.5");
    await weight.fill("0");
    await button("Fork").last().click();
    await button("Save a checkpoint now").click();
    await expect.poll(orders).toEqual([
      { run: "r1", type: "rewind", to: 40 },
      { run: "r1", type: "fork", at: 40, knobs: { learningRate: 0.005, weight: 0 } },
      { run: "r1", type: "checkpoint" },
    ]);
    stage.server.push({ type: "run-rewound", run: "r1", change: { kind: "rewind", step: 60, to: 40 } });
    await card().getByText("40 / 300").waitFor();
    await expect.poll(() => card().locator(".alert").count()).toBe(0);
  });

  test("says from where an interrupted run will continue", async () => {
    stage.server.push(
      { type: "run-checkpoints", run: "r1", checkpoints: [{ step: 40, marked: false }] },
      { type: "kernel-ended", cause: "died", reason: "The kernel was killed." },
    );
    await card().getByText("interrupted", { exact: true }).waitFor();
    await card()
      .getByText(
        "The kernel was killed. When you run its cell again unchanged, the training will continue from step 40.",
      )
      .waitFor();
    await button(/Checkpoints and events/).click();
    expect(await button("Fork… at step 40").isDisabled()).toBe(true);
  });
});
