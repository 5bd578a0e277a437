/** The best measurement of a run, and the state that is kept of it. */
import { beforeAll, beforeEach, expect, it } from "vitest";
import { useBackend } from "../../model/backend.ts";
import { SmallRuns, scores } from "./small-runs.ts";

let small: SmallRuns;
beforeAll(() => useBackend("wasm"));
beforeEach(async () => {
  small = await SmallRuns.open();
  return () => small.host.end();
});

it("keeps the checkpoint and the weights of the best value, and a fork starts from it", async () => {
  const run = small.start({ steps: 8 }).every(2, scores("score A→B", 1, 5, 3, 5, 2));
  const best = run.best("score A→B", "max");
  const first = run.best("score A→B", "min");
  expect([best.step, best.value]).toEqual([undefined, undefined]);
  await run.finished;
  expect([best.step, best.value, first.step, first.value]).toEqual([2, 5, 0, 1]);
  expect(best.folder).toBe("best/max-score_A_B");
  expect(run.checkpoints.filter(({ marked }) => marked).map(({ step }) => step)).toEqual([0, 2]);
  const { files } = small.host.runs[0]!;
  const weights = (folder: string): unknown => files.get(`${folder}adapter/adapter_model.safetensors`);
  expect(weights(`${best.folder}/`)).toBeDefined();
  expect(weights(`${best.folder}/`)).not.toEqual(weights(""));
  expect(weights(`${best.folder}/`)).not.toEqual(weights(`${first.folder}/`));
  const fork = run.fork({ at: best.step! });
  await fork.finished;
  expect(fork.rows.length).toBe(8);
});

it("keeps no checkpoint of an earlier best, except where the user or another column wants it", async () => {
  const run = small.start({ steps: 8 }).every(2, scores("a", 1, 2, 3, 2, 4), scores("b", 5, 4, 6, 7, 8));
  run.best("a", "max");
  run.best("b", "min");
  small.when(run, 4, () => run.checkpoint());
  await run.finished;
  const kept = run.checkpoints.map(({ step, marked, best }) => ({ step, marked, best }));
  expect(kept).toEqual([
    { step: 2, marked: true, best: true },
    { step: 4, marked: true, best: undefined },
    { step: 8, marked: true, best: true },
  ]);
});

it("raises an alert for a column that no probe has, and refuses another mode", async () => {
  const run = small.start({ steps: 1 });
  run.best("scroe", "max");
  expect(() => run.best("loss", "highest" as "max")).toThrow(/takes "max" or "min"/);
  await run.finished;
  expect(small.host.runs[0]!.changes).toMatchObject([{ kind: "alert", name: "best scroe" }]);
});
