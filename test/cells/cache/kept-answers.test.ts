import { beforeEach, expect, it } from "vitest";
import { keptAnswers } from "../../../cells/cache/kept-answers.ts";
import type { ChatModel, GenerateOptions, HeldModel, Prompt } from "../../../cells/contracts.ts";
import { type BareHost, bareHost } from "../bare-host.ts";
import { question, ruleModel } from "../measure/model.ts";

const ask = (...contents: string[]): Prompt[] => contents.map((content) => ({ messages: [{ role: "user", content }] }));
const greedy = { maxTokens: 10 };
const sampled = { maxTokens: 10, temperature: 1 };

let host: BareHost;
beforeEach(() => {
  host = bareHost();
});

/** Answers a prompt with its question and the number that decides its draws. */
function drawing(): ChatModel & { readonly asked: Prompt[] } {
  const asked: Prompt[] = [];
  return {
    ...ruleModel(() => ""),
    digest: "drawing",
    asked,
    generate: async (prompts, { numbers = [], onCompletion }) => {
      asked.push(...prompts);
      return prompts.map((prompt, at) => {
        const completion = { text: `${question(prompt)} ${numbers[at]}`, tokens: 1, ended: true };
        onCompletion?.(completion, at);
        return completion;
      });
    },
  };
}

it("asks each question once, wherever it stands, and gives every place its answer", async () => {
  const model = ruleModel((prompt) => question(prompt).toUpperCase());
  const kept = keptAnswers(model, "test");
  const texts = async (...contents: string[]) =>
    (await kept.generate(ask(...contents), greedy)).map(({ text }) => text);
  expect(await texts("a", "b", "a")).toEqual(["A", "B", "A"]);
  expect(await texts("c", "b")).toEqual(["C", "B"]);
  expect(model.asked.map(question)).toEqual(["a", "b", "c"]);
  await kept.generate(ask("a"), { maxTokens: 11 });
  await kept.generate(ask("a"), { ...greedy, stop: ["."] });
  expect(model.asked.length).toBe(5);
});

it("draws an item by its content: places and other items change nothing; equal items are drawn apart", async () => {
  const texts = async (options: GenerateOptions, ...contents: string[]) => {
    host.files.clear();
    return (await keptAnswers(drawing(), "test").generate(ask(...contents), options)).map(({ text }) => text);
  };
  const [a, b] = await texts(sampled, "a", "b");
  expect(await texts(sampled, "b", "x", "a")).toEqual([b, expect.anything(), a]);
  const [first, second] = await texts(sampled, "a", "a");
  expect([first === a, second === a]).toEqual([true, false]);
});

it("goes on after an interruption with what was not answered", async () => {
  const model = drawing();
  let left = 2;
  const fragile: ChatModel = {
    ...model,
    generate: (prompts, options) =>
      model.generate(prompts, {
        ...options,
        onCompletion: (completion, at) => {
          if (left-- === 0) throw new Error("The kernel ended.");
          options.onCompletion?.(completion, at);
        },
      }),
  };
  await expect(keptAnswers(fragile, "test").generate(ask("a", "b", "c"), greedy)).rejects.toThrow("The kernel ended.");
  model.asked.length = 0;
  const done: number[] = [];
  const options = { ...greedy, onCompletion: (_: unknown, at: number) => void done.push(at) };
  await keptAnswers(model, "test").generate(ask("a", "b", "c"), options);
  expect(model.asked.map(question)).toEqual(["c"]);
  expect(done).toEqual([0, 1, 2]);
});

it("keeps the answers of two callers that work at the same time, and those of another process", async () => {
  const kept = keptAnswers(drawing(), "test");
  await Promise.all([kept.generate(ask("a", "b"), greedy), kept.generate(ask("c"), greedy)]);
  const [[path, content]] = [...host.files] as [[string, string]];
  const slow = drawing();
  const between: ChatModel = {
    ...slow,
    generate: async (prompts, options) => {
      const completions = await slow.generate(prompts, options);
      host.files.set(path, content);
      return completions;
    },
  };
  host.files.clear();
  await keptAnswers(between, "test").generate(ask("d"), greedy);
  const model = drawing();
  await keptAnswers(model, "test").generate(ask("a", "b", "c", "d"), greedy);
  expect(model.asked).toEqual([]);
});

it("keeps likelihoods as well", async () => {
  const model = ruleModel(() => "", 2);
  const sample = (text: string) => ({
    prompt: [],
    segments: [{ role: "text", origin: "data", text, weight: 1 } as const],
    endTurn: false,
  });
  const kept = keptAnswers(model, "test");
  const first = await kept.nll([sample("one"), sample("two words"), sample("one")]);
  expect(first.map(({ nll }) => nll)).toEqual([2, 4, 2]);
  expect(await kept.nll([sample("two words"), sample("one")])).toEqual([first[1], first[0]]);
  expect(model.scored.length).toBe(2);
});

it("keeps under the weights that the model works with, even if a training changes them meanwhile", async () => {
  let weights = 1;
  const at = (held: number): HeldModel => ({
    ...ruleModel(() => `answer of ${held}`),
    digest: "training",
    state: async () => String(held),
    release: () => void released.push(held),
  });
  const released: number[] = [];
  const training: ChatModel = { ...ruleModel(() => "not held"), hold: () => at(weights) };
  const kept = keptAnswers(training, "test");
  const answers = kept.generate(ask("a"), greedy);
  weights = 2;
  expect((await answers)[0]?.text).toBe("answer of 1");
  expect((await kept.generate(ask("a"), greedy))[0]?.text).toBe("answer of 2");
  weights = 1;
  expect((await kept.generate(ask("a"), greedy))[0]?.text).toBe("answer of 1");
  expect(released).toEqual([1, 2, 1]);
});

it("says that nothing could be kept, also when a save in between failed before", async () => {
  host.storeResult = async () => {
    await new Promise((go) => setTimeout(go, 20));
    throw new Error("The disk is full.");
  };
  const write = keptAnswers(drawing(), "test").generate(ask("a"), greedy);
  const other = keptAnswers(drawing(), "test").generate(ask("b"), greedy);
  const results = await Promise.allSettled([write, other]);
  expect(results.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
});
