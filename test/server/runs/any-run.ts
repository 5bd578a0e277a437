/** Runs for tests: one with given parts, and any. */
import fc from "fast-check";
import { summaryOf } from "../../../server/runs/summary.ts";
import { type RunDescription, type RunSummary, UNMARKED } from "../../../server/runs/types.ts";

export function description(given: Partial<RunDescription> = {}): RunDescription {
  return {
    id: "20261129-120000-radis-ab12",
    notebook: "radis.ts",
    cell: "training",
    method: "radis",
    steps: 300,
    seed: 1,
    config: { rank: 16, learningRate: 0.005, seed: 1, prompts: ["Note:"], betas: [0.9, 0.99], template: {} },
    knobs: { learningRate: 0.005 },
    status: "done",
    started: "2026-11-29T12:00:00.000Z",
    ended: "2026-11-29T12:05:00.000Z",
    seconds: { steps: 200, probes: 20 },
    ...given,
  };
}

export function run(given: Partial<RunSummary> & { config?: RunDescription["config"] } = {}): RunSummary {
  const { config, ...rest } = given;
  const id = given.id ?? "20261129-120000-radis-ab12";
  const made = summaryOf({
    key: `.palimpsest/runs/${id}`,
    notebook: "radis.ts",
    description: description({ id, ...(config && { config }) }),
    rows: [
      { step: 1, loss: 5 },
      { step: 300, loss: 0.75, gradNorm: 1.5 },
    ],
    probes: [
      { step: 0, general: 1, refusal: 1 },
      { step: 300, general: 0.75, refusal: 0.875 },
    ],
    knobChanges: [],
    bytes: 1000,
  });
  return { ...made, ...UNMARKED, ...rest };
}

export const anyRun: fc.Arbitrary<RunSummary> = fc
  .record({
    id: fc.integer({ min: 0, max: 1e6 }).map((n) => `run-${n}`),
    seed: fc.integer({ min: 1, max: 4 }),
    rank: fc.constantFrom(2, 8, 32),
    loss: fc.double({ min: 0, max: 10, noNaN: true }),
    method: fc.constantFrom("radis", "vanilla"),
    pinned: fc.boolean(),
    hasLoss: fc.boolean(),
  })
  .map(({ id, seed, rank, loss, method, pinned, hasLoss }) =>
    run({ id, key: id, seed, method, pinned, config: { rank, seed }, losses: hasLoss ? { loss } : {} }),
  );
