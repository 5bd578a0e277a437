import { readFile } from "node:fs/promises";
import * as tf from "@tensorflow/tfjs";
import { beforeAll, beforeEach, expect, it } from "vitest";
import type { GenerateOptions } from "../../../cells/contracts.ts";
import { translate } from "../../../cells/measure/translation/translation.ts";
import { chatModel } from "../../../cells/model/chat-model.ts";
import type { Decoder } from "../../../cells/model/decoder.ts";
import { continueAll } from "../../../cells/model/generate.ts";
import { type BareHost, bareHost } from "../bare-host.ts";
import { useBackend } from "./backend.ts";
import { goldenDecoder, goldenFolder } from "./golden.ts";
import { tinyFolder } from "./tiny.ts";

let host: BareHost;
beforeAll(() => useBackend("wasm"));
beforeEach(() => {
  host = bareHost();
});

type Case = {
  readonly model: string;
  readonly beams: number;
  readonly lengthPenalty: number;
  readonly stopTokens: number[];
  readonly maxTokens: number;
  readonly prompts: number[][];
  readonly results: { readonly tokens: number[]; readonly ended: boolean }[];
};

it("finds what transformers finds, for several prompts at once, and frees its tensors", async () => {
  const cases = JSON.parse(await readFile(goldenFolder("beams/beams.json"), "utf8")) as Case[];
  const decoders = new Map<string, Decoder>();
  for (const { model, stopTokens, prompts, results, ...settings } of cases) {
    const decoder = decoders.get(model) ?? (await goldenDecoder(model));
    decoders.set(model, decoder);
    const before = tf.memory().numTensors;
    const options = { ...settings, stopTokens: new Set(stopTokens), label: undefined };
    expect([model, settings, await continueAll(decoder, undefined, prompts, options)]).toEqual([
      model,
      settings,
      results,
    ]);
    expect(tf.memory().numTensors).toBe(before);
  }
  for (const { frequencies, weights } of decoders.values()) tf.dispose([frequencies, ...weights.values()]);
});

const prompt = (content: string) => ({ messages: [{ role: "user", content } as const] });

it("is the same for a prompt alone, ends at a stop text, passes on whole texts only, and stays within the positions", async () => {
  const model = await chatModel(await tinyFolder(host));
  const texts = ["hello", "the quick fox walks home", "river"];
  const options = { maxTokens: 20, beams: 3, lengthPenalty: 0.5 };
  const pieces: string[][] = [[], [], []];
  const finished: number[] = [];
  const together = await model.generate(texts.map(prompt), {
    ...options,
    onText: (piece, at) => pieces[at]!.push(piece),
    onCompletion: (_, at) => finished.push(at),
  });
  expect(pieces).toEqual(together.map(({ text }) => (text === "" ? [] : [text])));
  expect(finished.sort()).toEqual([0, 1, 2]);
  for (const [at, text] of texts.entries())
    expect((await model.generate([prompt(text)], options))[0]).toEqual(together[at]);
  const { text } = together.find((each) => each.text.length > 4)!;
  const stop = [text.slice(2, 4)];
  const stopped = await model.generate(texts.map(prompt), { ...options, stop });
  for (const each of stopped) expect(each.text).not.toContain(stop[0]);
  const [long] = await model.generate([prompt("hello")], { ...options, maxTokens: 500 });
  expect(long!.tokens).toBeLessThan(model.decoder.config.positions);
  expect(await model.generate([prompt("a")], { ...options, maxTokens: 0 })).toMatchObject([{ text: "", tokens: 0 }]);
  host.end();
});

it("is what translate uses if it is asked for", async () => {
  const model = await chatModel(await tinyFolder(host));
  const pair = { source: "a", reference: "b", instruction: "hello", from: "A", to: "B" };
  const options = { maxTokens: 8, beams: 8, lengthPenalty: 0 };
  const found = await translate(model, [pair], { ...options, clean: "none" });
  expect(found).toEqual([(await model.generate([prompt("hello")], options))[0]!.text]);
  expect(found).not.toEqual(await translate(model, [pair], { maxTokens: 8, clean: "none" }));
  await expect(translate(model, [pair], { num_beams: 4 } as object)).rejects.toThrow(/beams/);
  host.end();
});

it.each<[string, Partial<GenerateOptions>, RegExp]>([
  ["a temperature", { beams: 4, temperature: 0.7 }, /temperature does not go with beams/],
  ["top-k", { beams: 4, topK: 3 }, /topK does not go with beams/],
  ["a penalty of repetitions", { beams: 2, repetitionPenalty: 1.2 }, /repetitionPenalty does not go with beams/],
  ["half a beam", { beams: 1.5 }, /beams must be a whole number of at least 1, not 1.5/],
  ["a length penalty without beams", { lengthPenalty: 2 }, /lengthPenalty needs beams/],
])("refuses %s", async (_what, options, message) => {
  const model = await chatModel(await tinyFolder(host));
  await expect(model.generate([prompt("hello")], { maxTokens: 4, ...options })).rejects.toThrow(message);
  host.end();
});
