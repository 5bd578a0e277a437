import * as tf from "@tensorflow/tfjs";
import fc from "fast-check";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { GenerateOptions, Prompt, Sampling } from "../../../cells/contracts.ts";
import { disposeAdapter, freshAdapter } from "../../../cells/model/adapter.ts";
import { type BaseModel, chatModel } from "../../../cells/model/chat-model.ts";
import { meanDivergence } from "../../../cells/model/divergence.ts";
import { continueAll } from "../../../cells/model/generate.ts";
import { lora } from "../../../cells/model/lora.ts";
import { chooseToken } from "../../../cells/model/sampling.ts";
import { settled, untilStop } from "../../../cells/model/turn-text.ts";
import { random } from "../../../cells/random.ts";
import { type BareHost, bareHost } from "../bare-host.ts";
import { useBackend } from "./backend.ts";
import { tinyFolder } from "./tiny.ts";

/** How often each token is chosen in 4000 draws. */
function frequencies(scores: number[], sampling: Sampling, seen: number[] = []): number[] {
  const { uniform } = random(1, "draws");
  const counts = scores.map(() => 0);
  for (let draw = 0; draw < 4000; draw += 1) {
    const token = chooseToken(Float32Array.from(scores), seen, sampling, uniform);
    counts[token] = counts[token]! + 1;
  }
  return counts.map((count) => count / 4000);
}

describe("the choice of a token", () => {
  const scores = [Math.log(4), Math.log(8), Math.log(1), Math.log(3)];

  it("is the most likely one without a temperature, and follows the model's distribution with one", () => {
    expect(frequencies(scores, {})).toEqual([0, 1, 0, 0]);
    for (const [token, frequency] of frequencies(scores, { temperature: 1 }).entries()) {
      expect(Math.abs(frequency - [4, 8, 1, 3][token]! / 16)).toBeLessThan(0.03);
    }
    for (const [token, frequency] of frequencies(scores, { temperature: 0.5 }).entries()) {
      expect(Math.abs(frequency - [16, 64, 1, 9][token]! / 90)).toBeLessThan(0.03);
    }
  });

  it("is limited to the k most likely tokens, and to the fewest that together have the probability p", () => {
    const zero = (sampling: Sampling): boolean[] =>
      frequencies(scores, { temperature: 1, ...sampling }).map((frequency) => frequency === 0);
    expect(zero({ topK: 3 })).toEqual([false, false, true, false]);
    expect(zero({ topP: 0.49 })).toEqual([true, false, true, true]);
    expect(zero({ topP: 0.51 })).toEqual([false, false, true, true]);
    // Among the two most likely tokens the first has 8 of 12.
    expect(zero({ topK: 2, topP: 0.66 })).toEqual([true, false, true, true]);
    expect(zero({ topK: 9, topP: 1 })).toEqual([false, false, false, false]);
  });

  it("divides positive scores of tokens that occur and multiplies negative ones", () => {
    expect(frequencies([2, 1.5, 1], { repetitionPenalty: 2 }, [0, 0, 5])).toEqual([0, 1, 0]);
    expect(frequencies([-1, -1.5, -3], { repetitionPenalty: 2 }, [0])).toEqual([0, 1, 0]);
  });

  it("is never a token that the filters remove", () => {
    const score = fc.integer({ min: -20, max: 20 });
    fc.assert(
      fc.property(
        fc.array(score, { minLength: 1, maxLength: 30 }),
        fc.integer({ min: 1, max: 30 }),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (list, topK, draw) => {
          const token = chooseToken(Float32Array.from(list), [], { temperature: 0.7, topK }, () => draw);
          expect(list.filter((other) => other > list[token]!).length).toBeLessThan(topK);
        },
      ),
    );
  });

  it("is the one of a full sort, for any filters, also where many tokens are equally likely", () => {
    /** The tokens that may be drawn, by sorting all of them. */
    const allowed = (list: readonly number[], temperature: number, topK: number, topP: number): Set<number> => {
      const weights = Float64Array.from(list, (score) => Math.exp((score - Math.max(...list)) / temperature));
      const sorted = weights.slice().sort().reverse();
      let least = sorted[Math.min(topK, list.length) - 1]!;
      const candidates = sorted.filter((weight) => weight >= least);
      const wanted = topP * candidates.reduce((sum, weight) => sum + weight, 0);
      let sum = 0;
      for (const weight of candidates) {
        sum += weight;
        if (topP === 1 || sum < wanted) continue;
        least = weight;
        break;
      }
      return new Set([...list.keys()].filter((token) => weights[token]! >= least));
    };
    const score = fc.oneof(fc.integer({ min: -3, max: 3 }), fc.float({ min: -200, max: 200, noNaN: true }));
    fc.assert(
      fc.property(
        fc.array(score, { minLength: 1, maxLength: 200 }),
        fc.constantFrom(0.01, 0.7, 1, 3),
        fc.integer({ min: 1, max: 220 }),
        fc.constantFrom(0.051, 0.33, 0.9, 0.999, 1),
        (list, temperature, topK, topP) => {
          const wanted = allowed(list, temperature, topK, topP);
          const drawn = new Set<number>();
          // Draws in small steps meet every token that has a noticeable share.
          for (let draw = 0; draw < 1; draw += 0.01)
            drawn.add(chooseToken(Float32Array.from(list), [], { temperature, topK, topP }, () => draw));
          for (const token of drawn) expect(wanted).toContain(token);
        },
      ),
    );
  });

  it("is the most likely one at a temperature near 0, and never one that is practically impossible", () => {
    for (const temperature of [1e-3, Number.MIN_VALUE])
      for (const topP of [0.5, 1])
        for (const draw of [0, 0.5, 1 - 2 ** -32])
          expect(chooseToken(Float32Array.of(-300, 1, 2, 1, -300), [], { temperature, topP }, () => draw)).toBe(2);
    for (const topK of [1, 3, 4])
      expect(chooseToken(Float32Array.of(5, -100, 5, -100), [], { temperature: 1, topK }, () => 1)).toBe(2);
  });

  it("is refused if a score is not a number, with and without a temperature", () => {
    for (const wrong of [Number.NaN, Number.POSITIVE_INFINITY])
      for (const temperature of [0, 1])
        expect(() => chooseToken(Float32Array.of(1, wrong, 2), [], { temperature, topP: 0.9 }, () => 0.5)).toThrow(
          /The model computes (NaN|infinite numbers), so it has no answers/,
        );
  });
});

describe("a text while it is generated", () => {
  it("ends before the first stop text", () => {
    expect(untilStop("one\ntwo###", ["###", "\n"])).toEqual({ text: "one", stopped: true });
    expect(untilStop("one", ["###", ""])).toEqual({ text: "one", stopped: false });
  });

  it("holds back an incomplete character and a possible beginning of a stop text", () => {
    expect(settled("caf\uFFFD", [])).toBe("caf");
    expect(settled("one#", ["###"])).toBe("one");
    expect(settled("one##", ["###", "##x"])).toBe("one");
    expect(settled("#one", ["###"])).toBe("#one");
  });
});

describe("generation", () => {
  let host: BareHost;
  let model: BaseModel;
  beforeAll(() => useBackend("wasm"));
  beforeEach(async () => {
    host = bareHost(3);
    model = await chatModel(await tinyFolder(host));
    return () => host.end();
  });
  const prompts: Prompt[] = Array.from({ length: 6 }, (_, at) => ({
    messages: [{ role: "user", content: "hello quick river walks ".repeat(at + 1) }],
  }));
  const texts = async (options: Partial<GenerateOptions>, asked = prompts): Promise<string[]> =>
    (await model.generate(asked, { maxTokens: 12, ...options })).map(({ text }) => text);

  it("says what is wrong with maxTokens", async () => {
    const asked = (maxTokens: unknown): Promise<unknown> => model.generate(prompts, { maxTokens } as GenerateOptions);
    await expect(asked(undefined)).rejects.toThrow("generate(…): maxTokens is missing.");
    for (const wrong of [2.5, Number.NaN, -1])
      await expect(asked(wrong)).rejects.toThrow(`maxTokens must be a whole number of at least 0, not ${wrong}.`);
    expect((await texts({ maxTokens: 0 })).every((text) => text === "")).toBe(true);
  });

  it("refuses texts that are longer than the model's positions, and stops at the last one", async () => {
    const long: Prompt = { messages: [{ role: "user", content: "hello ".repeat(200) }] };
    await expect(model.generate([long, ...prompts], { maxTokens: 2 })).rejects.toThrow(
      /1 of 7 prompts are longer than the model's 128 positions .* the longest has \d+ tokens/,
    );
    const sample = {
      prompt: long.messages,
      segments: [{ role: "answer", origin: "data", text: "x", weight: 1 }],
      endTurn: true,
    } as const;
    await expect(model.nll([sample])).rejects.toThrow(/1 of 1 samples are longer than the model's 128 positions/);
    const { decoder } = model;
    const options = { maxTokens: 500, stopTokens: new Set<number>(), label: undefined };
    const ids = [Array.from({ length: 100 }, () => 7), [5, 6]];
    const found = await continueAll(decoder, undefined, ids, options);
    expect(found.map(({ tokens, ended }) => [tokens.length, ended])).toEqual([
      [28, false],
      [126, false],
    ]);
  });

  it("and likelihoods are refused if the model's numbers are not finite", async () => {
    const adapter = freshAdapter(model.decoder, lora({ rank: 1, targets: ["q_proj"] }), () => 0.5);
    for (const [name, tensor] of adapter.tensors) {
      adapter.tensors.set(name, tf.fill(tensor.shape, Number.NaN));
      tensor.dispose();
    }
    const broken = model.with(adapter);
    for (const temperature of [0, 1])
      await expect(broken.generate(prompts, { maxTokens: 2, temperature })).rejects.toThrow(
        /computes NaN, so it has no answers/,
      );
    const sample = {
      prompt: prompts[0]!.messages,
      segments: [{ role: "answer", origin: "data", text: "x", weight: 1 }],
      endTurn: true,
    } as const;
    await expect(broken.nll([sample])).rejects.toThrow(/computes NaN/);
    await expect(broken.logProbabilities([sample])).rejects.toThrow(/computes NaN/);
    await expect(meanDivergence(model, broken, [sample])).rejects.toThrow(/computes NaN/);
    disposeAdapter(adapter);
  });

  it("draws the same tokens for the same seed, whatever the other prompts are", async () => {
    const drawn = await texts({ temperature: 1.5, seed: 4 });
    expect(await texts({ temperature: 1.5, seed: 4 })).toEqual(drawn);
    expect(await texts({ temperature: 1.5, seed: 4 }, prompts.slice(0, 2))).toEqual(drawn.slice(0, 2));
    expect(await texts({ temperature: 1.5, seed: 5 })).not.toEqual(drawn);
    expect(await texts({ temperature: 1.5, topK: 1 })).toEqual(await texts({}));
    expect(await texts({ repetitionPenalty: 5 })).not.toEqual(await texts({}));
  });

  it("stops at a stop text, and its pieces together are exactly the text that it returns", async () => {
    const unstopped = await texts({ temperature: 1, seed: 2 });
    const stop = [unstopped[0]!.slice(4, 6)];
    const pieces: string[][] = prompts.map(() => []);
    const options = { maxTokens: 12, temperature: 1, seed: 2, stop };
    const said = await model.generate(prompts, {
      ...options,
      onText: (piece, prompt) => void pieces[prompt]!.push(piece),
    });
    expect(said.map(({ text }) => text)).toEqual(unstopped.map((text) => text.split(stop[0]!)[0]));
    expect(said[0]!.ended).toBe(true);
    expect(said[0]!.tokens).toBeLessThan(12);
    expect(pieces.map((list) => list.join(""))).toEqual(said.map(({ text }) => text));
    expect(Math.max(...pieces.map(({ length }) => length))).toBeGreaterThan(2);
  });

  it("lets new rows replace finished ones, and generates for each row what it generates alone", async () => {
    const { decoder } = model;
    const asked = Array.from({ length: 150 }, (_, at) =>
      Array.from({ length: 1 + ((at * 7) % 23) }, (_, t) => 5 + ((at * 31 + t * 17) % 200)),
    );
    const draw = random(9, "lengths").uniform;
    const lengths = asked.map(() => 1 + Math.floor(draw() * 20));
    const options = {
      maxTokens: 20,
      temperature: 1,
      seed: 1,
      stopTokens: new Set<number>(),
      label: undefined,
      // Each row has another length, like real turns.
      afterToken: (tokens: readonly number[], prompt: number) => tokens.length >= lengths[prompt]!,
    };
    host.breaths = 0;
    const before = tf.memory().numTensors;
    const together = await continueAll(decoder, undefined, asked, options);
    expect(tf.memory().numTensors).toBe(before);
    // 150 rows, 64 at a time: three batches that wait for their longest row would take more than 60 steps.
    expect(host.breaths).toBeLessThan(55);
    expect(together.map(({ tokens }) => tokens.length)).toEqual(lengths);
    for (const at of [0, 22, 70, 149]) {
      const row = asked.map((prompt, index) => (index === at ? prompt : []));
      const alone = await continueAll(
        decoder,
        undefined,
        row.slice(0, at + 1).map((p) => (p.length > 0 ? p : [1])),
        {
          ...options,
          afterToken: (tokens, prompt) => prompt !== at || tokens.length >= lengths[at]!,
        },
      );
      expect(alone[at]!.tokens).toEqual(together[at]!.tokens);
    }
  });

  it("gives the log-probability of each token of a text", async () => {
    const sample = {
      prompt: prompts[0]!.messages,
      segments: [{ role: "answer" as const, origin: "data" as const, text: "what time", weight: 1 }],
      endTurn: true,
    };
    const [tokens] = await model.logProbabilities([sample]);
    const [sum] = await model.nll([sample]);
    expect(tokens!.map(({ text }) => text).join("")).toBe("what time</s>");
    expect(-tokens!.reduce((total, { logProbability }) => total + logProbability, 0)).toBe(sum!.nll);
    expect(tokens!.every(({ logProbability }) => logProbability < 0)).toBe(true);
  });

  it("rejects invalid settings", async () => {
    await expect(texts({ temperature: -1 })).rejects.toThrow(
      "Generation cannot start: temperature must be a finite number of at least 0, not -1.",
    );
    await expect(texts({ topP: 0 })).rejects.toThrow(/topP must be above 0 and at most 1, not 0/);
    await expect(texts({ topK: 2.5 })).rejects.toThrow(/topK must be a whole number of at least 1, not 2.5/);
    await expect(texts({ repetitionPenalty: 0 })).rejects.toThrow(/repetitionPenalty must be above 0, not 0/);
  });
});
