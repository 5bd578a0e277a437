import * as tf from "@tensorflow/tfjs";
import { describe, expect, it } from "vitest";
import type { Method } from "../../../cells/contracts.ts";
import { chatModel } from "../../../cells/model/chat-model.ts";
import { lora } from "../../../cells/model/lora.ts";
import { train } from "../../../cells/train/train.ts";
import { bareHost } from "../bare-host.ts";
import { backends } from "../device/backends.ts";
import { useBackend } from "./backend.ts";
import { tinyFolder } from "./tiny.ts";

const method: Method = {
  name: "one",
  samples: ["hello", "quick", "walks"].map((word) => ({
    prompt: [{ role: "user", content: word }],
    segments: [{ role: "translation", origin: "data", text: word, weight: 1 }],
    endTurn: true,
  })),
  per: "token",
  weight: () => 1,
  config: {},
  knobs: {},
};

// A software WebGPU device is slow; fewer steps show a leak as well.
const amounts = { wasm: [200, 50], tensorflow: [200, 50], webgpu: [20, 3], cpu: [200, 50] } as const;

describe.each(backends)("on %s", (backend) => {
  it("training steps and generations leave no tensors behind", { timeout: 120_000 }, async () => {
    await useBackend(backend);
    const [steps, generations] = amounts[backend];
    const host = bareHost(3);
    const base = await chatModel(await tinyFolder(host));
    const held = (): object => {
      const { numTensors, numBytes } = tf.memory();
      return { numTensors, numBytes, data: tf.engine().backend.numDataIds() };
    };
    const before = held();
    const seen: object[] = [];
    // Called before each step, when only the run's own tensors exist.
    host.onBreath = () => {
      if (host.runs[0]!.rows.length > 0) seen.push(held());
    };
    const run = train(base, { method, adapter: lora({ rank: 2 }), steps, batch: 2, warmup: 2, learningRate: 0.005 });
    await run.finished;
    expect([run.status, run.rows.length]).toEqual(["done", steps]);
    expect(seen.length).toBeGreaterThan(steps / 2);
    expect(seen.at(-1)).toEqual(seen[0]);
    host.onBreath = undefined;
    const trained = held();
    for (let round = 0; round < generations; round += 1) {
      const words = ["hello", "what time is it", "the river"].slice(0, 1 + (round % 3));
      const prompts = words.map((content) => ({ messages: [{ role: "user" as const, content }] }));
      await run.model.generate(prompts, { maxTokens: 16 + (round % 4) });
    }
    expect(held()).toEqual(trained);
    host.end();
    tf.dispose([...base.decoder.weights.values()]);
    expect(Object.values(held()).every((count, at) => count <= Object.values(before)[at]!)).toBe(true);
  });
});
