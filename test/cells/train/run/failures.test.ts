/** What is left of a run in which a probe or a step fails. */
import * as tf from "@tensorflow/tfjs";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Method, Probe } from "../../../../cells/contracts.ts";
import { readAdapter } from "../../../../cells/model/adapter-files.ts";
import { useBackend } from "../../model/backend.ts";
import { numbers, SmallRuns, samples } from "./small-runs.ts";

let small: SmallRuns;
beforeAll(() => useBackend("wasm"));
beforeEach(async () => {
  small = await SmallRuns.open();
  return () => small.host.end();
});

const failing: Probe = {
  name: "translation",
  measure: async () => {
    throw new Error("no reference for sentence 3");
  },
};
const counting: Probe = { name: "count", measure: async () => ({ count: 1 }) };

describe("a probe that throws", () => {
  it("is reported with its name and message, leaves a gap in its row, and does not end the training", async () => {
    const plain = await small.start().finished;
    const run = await small.start().every(6, failing, counting).finished;
    const record = small.host.runs[1]!;
    expect([run.status, record.status]).toEqual(["done", "done"]);
    expect(numbers(run.rows)).toEqual(numbers(plain.rows));
    const message = "The probe failed and was skipped: no reference for sentence 3";
    expect(record.changes).toEqual([0, 6, 12].map((step) => ({ kind: "alert", step, name: "translation", message })));
    expect([...run.probes]).toEqual([0, 6, 12].map((step) => ({ step, count: 1 })));
    expect(record.files.has("adapter/adapter_model.safetensors")).toBe(true);
  });

  it("may be the only one", async () => {
    const run = await small.start().every(6, failing).finished;
    expect([...run.probes]).toEqual([{ step: 0 }, { step: 6 }, { step: 12 }]);
  });
});

describe("a step that fails", () => {
  const brokenAt = (reads: number): Method => {
    let count = 0;
    return { ...small.method, weight: () => (++count > reads ? Number.NaN : 1) };
  };

  it("leaves a checkpoint and the adapter of the last good step", async () => {
    const good = await small.start({ steps: 12, schedule: "constant", method: brokenAt(1000) }).finished;
    const run = small.start({ schedule: "constant", method: brokenAt(8) });
    await expect(run.finished).rejects.toThrow(/^The training failed at step \d+: the method's weight/);
    const record = small.host.runs[1]!;
    const done = run.rows.length;
    expect(done).toBeGreaterThan(0);
    expect(numbers(run.rows)).toEqual(numbers(good.rows).slice(0, done));
    expect(record.checkpoints.map(({ step }) => step)).toEqual([done]);
    const files = { config: record.files.get("adapter/adapter_config.json") as string };
    const weights = record.files.get("adapter/adapter_model.safetensors") as Uint8Array;
    const saved = await readAdapter(small.base.decoder.config, { ...files, weights }, "the run");
    expect(await small.base.with(saved).nll(samples)).toEqual(await run.model.nll(samples));
    expect(await run.model.nll(samples)).not.toEqual(await small.base.nll(samples));
    tf.dispose([...saved.tensors.values()]);
  });

  it("leaves no adapter if it is the first one", async () => {
    await expect(small.start({ method: brokenAt(0) }).finished).rejects.toThrow(/failed at step 1/);
    const { files, checkpoints } = small.host.runs[0]!;
    expect([files.size, checkpoints.length]).toEqual([0, 0]);
  });
});
