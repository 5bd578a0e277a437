/** What a training takes over from the run in `from`: weights, moments, position in the data. */
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { lora } from "../../../cells/model/lora.ts";
import type { TrainOptions } from "../../../cells/train/train.ts";
import { useBackend } from "../model/backend.ts";
import { SmallRuns, samples } from "./run/small-runs.ts";

let small: SmallRuns;
beforeAll(() => useBackend("wasm"));
beforeEach(async () => {
  small = await SmallRuns.open();
  return () => small.host.end();
});

const losses = (run: { rows: Iterable<{ loss: number }> }): number[] => [...run.rows].map(({ loss }) => loss);
const adapter = lora({ rank: 2 });
/** At a learning rate of 0, a sample always has the same loss. */
const frozen = { adapter, learningRate: 0, batch: 1, steps: 8 } satisfies Partial<TrainOptions>;
const others = samples.map((sample) => ({ ...sample, prompt: [{ role: "user" as const, content: "see what time" }] }));

describe("a training from another run", () => {
  it("reads new data from their beginning: each sample once per epoch", async () => {
    const from = await small.start({ ...frozen, steps: 5 }).finished;
    const method = { ...small.method, samples: others };
    const [plain, continued] = [small.start({ ...frozen, method }), small.start({ ...frozen, method, from })];
    await Promise.all([plain.finished, continued.finished]);
    expect(losses(continued)).toEqual(losses(plain));
    expect(new Set(losses(continued)).size).toBe(8);
  });

  it("goes on in the same data where that run ended, unless it leaves the position", async () => {
    const all = losses(await small.start({ ...frozen, steps: 16 }).finished);
    const from = await small.start({ ...frozen, steps: 5 }).finished;
    expect(losses(await small.start({ ...frozen, from }).finished)).toEqual(all.slice(5, 13));
    const fresh = { run: from, take: ["moments"] } as const;
    expect(losses(await small.start({ ...frozen, from: fresh }).finished)).toEqual(all.slice(0, 8));
    const otherOrder = small.start({ ...frozen, from: { run: from, take: ["position"] }, seed: 77 });
    await expect(otherOrder.finished).rejects.toThrow(/read other data, or in another order/);
  });

  it("starts AdamW again if it leaves the moments, with the weights of that run", async () => {
    const from = await small.start({ adapter }).finished;
    const [kept, fresh] = [["moments"], []] as const;
    const options = { adapter, warmup: 0 };
    const withMoments = losses(await small.start({ ...options, from: { run: from, take: kept } }).finished);
    const without = losses(await small.start({ ...options, from: { run: from, take: fresh } }).finished);
    expect(without[0]).toBe(withMoments[0]);
    expect(without[1]).not.toBe(withMoments[1]);
    expect(without[0]).not.toBe(losses(from)[0]);
  });
});
