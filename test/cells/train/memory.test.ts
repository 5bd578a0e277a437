import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import * as tf from "@tensorflow/tfjs";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { chatModel } from "../../../cells/model/chat-model.ts";
import { lora } from "../../../cells/model/lora.ts";
import { type MemoryPlan, trainingMemory } from "../../../cells/train/memory.ts";
import { memoryAdvice } from "../../../cells/train/memory-advice.ts";
import { train } from "../../../cells/train/train.ts";
import { writeRandomFolder } from "../../bench/random-folder.ts";
import { small135m } from "../../bench/shapes.ts";
import { bareHost } from "../bare-host.ts";
import { useBackend } from "../model/backend.ts";
import { tinyFolder } from "../model/tiny.ts";

/** Narrow and deep: activations take more memory than the process itself, and a step little time. */
const model = {
  ...small135m,
  layers: 24,
  width: 64,
  heads: 2,
  keyValueHeads: 1,
  headWidth: 32,
  feedForward: 192,
  vocabulary: 2000,
};
const plan: MemoryPlan = {
  model,
  adapter: lora({ rank: 8 }),
  backend: "wasm",
  storedBytes: 2,
  rows: 24,
  time: 96,
  targets: 24 * 95,
  checkpointing: false,
};

let place: string;
beforeAll(async () => {
  place = await mkdtemp(join(tmpdir(), "palimpsest-memory-"));
  await writeRandomFolder(join(place, "model"), model);
});
afterAll(() => rm(place, { recursive: true }));

/** The largest memory of a process that trains as planned, in bytes. */
async function measured({ adapter, backend, rows, time, checkpointing }: MemoryPlan): Promise<number> {
  const entry = fileURLToPath(new URL("./memory-run.ts", import.meta.url));
  const work = JSON.stringify({ folder: join(place, "model"), backend, adapter, rows, time, checkpointing });
  const { stdout } = await promisify(execFile)(process.execPath, ["--import", import.meta.resolve("tsx"), entry, work]);
  return (JSON.parse(stdout.trim().split("\n").at(-1)!) as { peak: number }).peak;
}

describe("the memory of a training, known before it starts", () => {
  it("is within 25 % of what real trainings take: plain, and with dropout and gradient checkpointing", {
    timeout: 120_000,
  }, async () => {
    const plans: MemoryPlan[] = [plan, { ...plan, checkpointing: true, adapter: lora({ rank: 8, dropout: 0.1 }) }];
    const found = await Promise.all(plans.map(measured));
    for (const [at, bytes] of found.entries()) {
      const { total } = trainingMemory(plans[at]!);
      expect(total / bytes).toBeGreaterThan(0.75);
      expect(total / bytes).toBeLessThan(1.25);
    }
    // The trainings differ enough for the estimate to be more than the memory of a process.
    expect(found[0]! / found[1]!).toBeGreaterThan(1.4);
  });

  it("counts 16-bit weights as 2 bytes where the backend keeps them, and full training with all its copies", () => {
    const weights = (change: Partial<MemoryPlan>): number => trainingMemory({ ...plan, ...change }).weights;
    expect(weights({ storedBytes: 4 }) / weights({})).toBeCloseTo(2, 1);
    expect(weights({ backend: "tensorflow" })).toBe(weights({ storedBytes: 4 }));
    const full = trainingMemory({ ...plan, adapter: "full", storedBytes: 4 });
    expect(full.adapter).toBe(2 * full.weights);
    expect(full.total).toBeGreaterThan(trainingMemory(plan).total + 4 * full.weights);
  });

  it("says what to change if it does not fit, and says nothing if it does", () => {
    expect(memoryAdvice(plan, 4e9)).toBeUndefined();
    expect(memoryAdvice(plan, undefined)).toBeUndefined();
    const advice = memoryAdvice(plan, 50e6);
    expect(advice).toMatch(/needs about \d+ MB of memory beside the base, but 50 MB are free/);
    expect(advice).toMatch(
      /checkpointing: true \(about \d+ MB\), or half the batch, with accumulate: 2 \(about \d+ MB\)/,
    );
    expect(memoryAdvice({ ...plan, checkpointing: true, rows: 1, time: 1, targets: 1 }, 1e6)).toMatch(/smaller model/);
  });

  it("is in the record of a run before its first step, with a warning if too little is free", async () => {
    await useBackend("wasm");
    const host = bareHost();
    const base = await chatModel(await tinyFolder(host));
    const free = vi.spyOn(process, "availableMemory").mockReturnValue(1000);
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    const samples = ["hello", "quick"].map((word) => ({
      prompt: [{ role: "user" as const, content: word }],
      segments: [{ role: "translation" as const, origin: "data" as const, text: word, weight: 1 }],
      endTurn: true,
    }));
    const method = { name: "one", samples, per: "token" as const, weight: () => 1, config: {}, knobs: {} };
    const run = train(base, { method, adapter: lora({ rank: 2 }), steps: 1, batch: 2 });
    try {
      await run.finished;
      const { memory } = host.runs[0]!.prepared as { memory: Record<string, number> };
      const { total, ...parts } = memory;
      expect(Object.keys(parts)).toEqual(["weights", "adapter", "moments", "activations", "logits", "runtime"]);
      expect(total).toBeCloseTo(Object.values(parts).reduce((sum, part) => sum + part, 0));
      expect(warn.mock.calls.flat().join("\n")).toMatch(/but 0 MB are free.*To need less: half the batch/);
    } finally {
      free.mockRestore();
      warn.mockRestore();
      host.end();
      tf.dispose([...base.decoder.weights.values()]);
    }
  });
});
