import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";
import { disposeAdapter } from "../../../cells/model/adapter.ts";
import { continueAll } from "../../../cells/model/generate.ts";
import { tokenNll } from "../../../cells/model/nll.ts";
import { layOut } from "../../../cells/model/target-rows.ts";
import { lossCoefficients } from "../../../cells/train/step/loss.ts";
import { bareHost } from "../bare-host.ts";
import { useBackend } from "./backend.ts";
import { type Golden, goldenAdapter, goldenDecoder, goldenLogits, goldenNumbers, goldenSamples } from "./golden.ts";

const models = [
  ...["llama-gqa", "llama-old-spelling", "llama-rope-scaled", "llama-extended"],
  ...["mistral-window", "qwen2-bias", "qwen3-qknorm"],
];

describe.each(["wasm", "cpu"])("a decoder on %s", (backend) => {
  beforeAll(async () => {
    await useBackend(backend);
    bareHost();
  });

  describe.each(models)("%s", (name) => {
    it("gives PyTorch's logits, likelihoods and greedy tokens", async () => {
      const before = tf.memory().numTensors;
      const golden = await goldenNumbers(name);
      const decoder = await goldenDecoder(name);
      const batch = layOut(goldenSamples(golden), 8);
      const logits = await goldenLogits(decoder, undefined, batch);
      for (const [row, expected] of golden.logits.entries()) {
        for (const [t, values] of expected.entries()) expectClose(logits[row]![t]!, values, 2e-5);
      }

      const coefficients = lossCoefficients([batch], { per: "token", weight: () => 1 })[0]!.nll;
      const nll = [...tf.tidy(() => tokenNll(decoder, undefined, batch).dataSync())];
      const loss = nll.reduce((sum, value, at) => sum + value * coefficients[at]!, 0);
      expect(Math.abs(loss / golden.weighted_nll - 1)).toBeLessThan(1e-6);

      const { prompt, tokens } = golden.greedy;
      const stop = { maxTokens: tokens.length, stopTokens: new Set<number>(), label: undefined };
      const [greedy] = await continueAll(decoder, undefined, [prompt], stop);
      expect(greedy!.tokens).toEqual(tokens);

      tf.dispose([decoder.frequencies, ...decoder.weights.values()]);
      expect(tf.memory().numTensors).toBe(before);
    });

    it("gives PyTorch's logits with a trained adapter", async () => {
      const golden = await goldenNumbers(name);
      const decoder = await goldenDecoder(name);
      const adapter = await goldenAdapter(decoder, `${name}/adapter-trained`);
      const logits = await goldenLogits(decoder, adapter, layOut(goldenSamples(golden, golden.lora)));
      expectClose(logits[0]![16]!, golden.lora.trained_logits_row, 2e-5);
      disposeAdapter(adapter);
      tf.dispose([decoder.frequencies, ...decoder.weights.values()]);
    });
  });

  it("continues a prompt in a batch exactly as it does alone, while other rows end and leave", async () => {
    const decoder = await goldenDecoder("llama-gqa");
    const { greedy, ids } = await goldenNumbers("llama-gqa");
    const prompts = [
      greedy.prompt,
      ...ids,
      [5, 6],
      [9, 8, 7, 6, 5, 4, 3, 2],
      [50],
      ...ids.map((row) => row.slice(3, 9)),
    ];
    const stop = { maxTokens: 24, stopTokens: new Set([4, 29, 17]), label: "test" };
    const alone = [];
    for (const prompt of prompts) alone.push(...(await continueAll(decoder, undefined, [prompt], stop)));
    const before = tf.memory().numTensors;
    const together = await continueAll(decoder, undefined, prompts, stop);
    expect(together).toEqual(alone);
    expect(together.some(({ ended }) => ended)).toBe(true);
    expect(new Set(together.map(({ tokens }) => tokens.length)).size).toBeGreaterThan(2);
    expect(tf.memory().numTensors).toBe(before);
    tf.dispose([decoder.frequencies, ...decoder.weights.values()]);
  });
});

/** Differences are relative to the largest value, since a logit near zero has no relative precision. */
function expectClose(actual: number[], expected: Golden["lora"]["trained_logits_row"], tolerance: number): void {
  const scale = Math.max(...expected.map(Math.abs));
  const worst = Math.max(...expected.map((value, at) => Math.abs(value - actual[at]!)));
  expect(worst / scale).toBeLessThan(tolerance);
}
