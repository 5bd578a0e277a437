/** The first phase of a run, in which its rationales are written: the numbers stay, and it can be controlled as the steps can. */
import * as tf from "@tensorflow/tfjs";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { ChatModel, GenerateOptions, Prompt } from "../../../../cells/contracts.ts";
import { radis } from "../../../../cells/method/radis.ts";
import { type PendingRationales, rationales } from "../../../../cells/method/rationales.ts";
import type { Pair } from "../../../../cells/types.ts";
import { useBackend } from "../../model/backend.ts";
import { numbers, SmallRuns } from "./small-runs.ts";

const words = ["hello", "quick", "walks", "river", "see", "what", "time", "name"];
/** More than are generated at once. */
const pairs = Array.from({ length: 100 }, (_, at): Pair => {
  const [source, reference] = [words[at % 8]!, words[(at + (at >> 3)) % 8]!];
  return { source, reference, from: "English", to: "Velan", instruction: `${source} ${words[at >> 4]}` };
});

let small: SmallRuns;
let asked: Prompt[];
/** The tiny model, which notes what it is asked. */
let model: ChatModel;
beforeAll(() => useBackend("wasm"));
beforeEach(async () => {
  small = await SmallRuns.open();
  asked = [];
  model = {
    ...small.base,
    generate(prompts: readonly Prompt[], options: GenerateOptions) {
      asked.push(...prompts);
      return small.base.generate(prompts, options);
    },
  };
  return () => small.host.end();
});

const pending = (temperature = 0): PendingRationales =>
  rationales(model, pairs, { prompt: "note", maxTokens: 8, temperature });
const start = (written: PendingRationales) => small.start({ method: radis(written, { weight: 1 }), steps: 4 });
const phases = (at = 0) => small.host.runs[at]!.phases;
const forgetCache = (): void => {
  for (const path of small.host.files.keys()) if (path.includes("cache")) small.host.files.delete(path);
};

describe("a run with rationales that are still to be written", () => {
  it.each([0, 1])(
    "has the same rows and the same record as with those that were awaited (temperature %d)",
    async (t) => {
      const ready = radis(await pending(t), { weight: 1 });
      const awaited = small.start({ method: ready, steps: 4 });
      await awaited.finished;
      forgetCache();
      const run = start(pending(t));
      expect(run.rows.length).toBe(0);
      await run.finished;
      expect(numbers(run.rows)).toEqual(numbers(awaited.rows));
      const [before, after] = small.host.runs;
      expect({ ...after!.meta.config, ...after!.prepared }).toEqual({ ...before!.meta.config, ...before!.prepared });
      expect(phases(1).at(-1)).toEqual({ label: "Writing rationales", done: 100, total: 100 });
      expect(phases(1).length).toBeGreaterThan(50);
    },
  );

  it("waits while it is paused, and does the steps that were ordered meanwhile", async () => {
    const run = start(pending());
    await small.until(() => phases().length > 10);
    run.pause();
    await small.until(() => small.host.runs[0]!.changes.length > 0);
    const held = phases().length;
    await small.breaths(50);
    expect(phases().length).toBe(held);
    expect(small.host.runs[0]!.changes).toEqual([{ kind: "pause", step: 0 }]);
    run.step(2);
    await small.until(() => small.host.runs[0]!.changes.at(-1)?.step === 2);
    expect(run.rows.length).toBe(2);
    run.resume();
    await run.finished;
    expect(run.rows.length).toBe(4);
    expect(asked.length).toBe(100);
  });

  it("stops, and the next one goes on from what was written, with the same texts", async () => {
    const undisturbed = await pending(1);
    forgetCache();
    asked = [];
    const tensors = tf.memory().numTensors;
    const run = start(pending(1));
    await small.until(() => (phases().at(-1)?.done ?? 0) > 20);
    run.stop();
    await run.finished;
    expect([run.status, run.rows.length]).toEqual(["stopped", 0]);
    expect(small.host.runs[0]!.changes).toEqual([{ kind: "stop", step: 0 }]);
    await expect(run.state()).rejects.toThrow("before its samples were made");
    // The adapter and its moments.
    expect(tf.memory().numTensors - tensors).toBeLessThan(60);
    asked = [];
    const again = start(pending(1));
    await again.finished;
    expect(phases(1)[0]!.done).toBeGreaterThan(20);
    expect(asked.length).toBe(100 - phases(1)[0]!.done);
    expect(await pending(1)).toEqual(undisturbed);
  });

  it("lets others wait for the same texts: they are written once, and by who is left if it is stopped", async () => {
    const written = pending();
    const [run, other] = [start(written), start(written)];
    await small.until(() => phases(0).length > 10);
    run.stop();
    const { items } = await written;
    expect(items.length).toBe(100);
    await other.finished;
    expect([run.status, other.status, other.rows.length]).toEqual(["stopped", "done", 4]);
    expect(phases(1).at(-1)?.done).toBe(100);
  });

  it("holds the writing of a table that waits as well while it is paused", async () => {
    let texts = 0;
    const slow: ChatModel = {
      ...model,
      async generate(prompts, { onCompletion, pace }) {
        for (const place of prompts.keys()) {
          await new Promise((resolve) => setTimeout(resolve, 5));
          await pace?.();
          texts += 1;
          onCompletion?.({ text: " a", tokens: 1, ended: true }, place);
        }
        return prompts.map(() => ({ text: " a", tokens: 1, ended: true }));
      },
    };
    const written = rationales(slow, pairs, { prompt: "note" });
    let whole = false;
    void written.then(() => {
      whole = true;
    });
    await small.until(() => texts > 0);
    const run = start(written);
    run.pause();
    await small.until(() => small.host.runs[0]!.changes.length > 0);
    await new Promise((resolve) => setTimeout(resolve, 20));
    const held = texts;
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect([whole, texts]).toEqual([false, held]);
    expect(held).toBeLessThan(100);
    run.resume();
    await run.finished;
    expect([whole, texts]).toEqual([true, 100]);
  });

  it("fails with the error of the model", async () => {
    const broken: ChatModel = { ...model, generate: () => Promise.reject(new Error("no memory")) };
    const run = small.start({ method: radis(rationales(broken, pairs, { prompt: "note" }), { weight: 1 }) });
    await expect(run.finished).rejects.toThrow("no memory");
    expect(small.host.runs[0]).toMatchObject({ status: "failed", message: "no memory" });
  });

  it("waits for any promise of rationales", async () => {
    const promise = Promise.resolve(await pending());
    const run = small.start({ method: radis(promise, { weight: 1 }), steps: 2 });
    await run.finished;
    expect(phases()).toEqual([{ label: "Waiting for rationales", done: 0, total: 1 }]);
    expect(run.rows.length).toBe(2);
    const failing = small.start({ method: radis(Promise.reject(new Error("lost")), { weight: 1 }), steps: 2 });
    await expect(failing.finished).rejects.toThrow("lost");
  });

  it("can be forked and rewound like others", async () => {
    const run = start(pending());
    run.checkpoint();
    await run.finished;
    expect(small.host.runs[0]!.checkpoints.map(({ step }) => step)).toContain(0);
    const fork = run.fork({ at: 0 });
    await fork.finished;
    expect(numbers(fork.rows)).toEqual(numbers(run.rows));
  });
});
