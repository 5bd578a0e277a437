import { expect, it } from "vitest";
import type { RunState } from "../../../server/state/state.ts";
import { memoryText } from "../../../ui/output/run-text.ts";

const run = (config: object): Pick<RunState, "info"> => ({ info: { config } as unknown as RunState["info"] });

it("a run's card says the memory that the run was expected to need, and its parts", () => {
  const memory = { weights: 269e6, adapter: 39e6, moments: 156e6, runtime: 180e6, total: 1.9e9 };
  expect(memoryText(run({ memory }))).toBe("about 1.9 GB of memory: weights 269 MB, adapter 39.0 MB, moments 156 MB");
  expect(memoryText(run({}))).toBeUndefined();
  expect(memoryText(run({ memory: "much" }))).toBeUndefined();
});
