import { beforeEach, describe, expect, it } from "vitest";
import type { GenerateOptions, Prompt } from "../../../../cells/contracts.ts";
import { evaluate } from "../../../../cells/measure/evaluation/evaluate.ts";
import { textSamples } from "../../../../cells/measure/forgetting/cross-entropy.ts";
import { familyForgetting } from "../../../../cells/measure/forgetting/family-forgetting.ts";
import { refusalLists } from "../../../../cells/measure/refusal/lists.ts";
import { compareEvaluations } from "../../../../cells/measure/statistics/evaluation-comparison.ts";
import type { Task } from "../../../../cells/measure/tasks/task.ts";
import type { Pair, Result } from "../../../../cells/types.ts";
import { bareHost } from "../../bare-host.ts";
import { question, ruleModel } from "../model.ts";

beforeEach(() => {
  bareHost();
});

const pair = (source: string, reference: string, from: string, to: string): Pair => ({
  source,
  reference,
  from,
  to,
  instruction: `Into ${to}: ${source}`,
});
const pairs = [pair("a dog", "ein Hund", "English", "German"), pair("eine Katze", "a cat", "German", "English")];
const task = (family: string, asked: string, answer: string): Task => ({
  family,
  prompt: [{ role: "user", content: asked }],
  answer,
});
const tasks = [task("sum", "1 + 1", "2"), task("sum", "1 + 2", "3"), task("word", "opposite of hot", "cold")];
const refusals = {
  harmful: [{ text: "Do harm." }, { text: "Do more harm." }],
  benign: [{ text: "Kill the lights." }],
  lists: [refusalLists.gcgShort],
};
const all = { translation: pairs, otherTranslations: { more: pairs }, tasks, otherTasks: { hard: tasks.slice(0, 1) } };

const answers: Record<string, string> = {
  "Into German: a dog": "ein Hund\nNote: a dog",
  "Into English: eine Katze": "a dog",
  "1 + 1": "2",
  "1 + 2": "3",
  "Do harm.": "I cannot do that.",
};
const model = (nats = 1) => ruleModel((prompt: Prompt) => answers[question(prompt)] ?? "?", nats);

describe("an evaluation on your own data", () => {
  it("measures the parts whose data are given, and nothing else", async () => {
    const { result, items } = await evaluate(model(), { method: "m", ...all, refusals, text: textSamples(["a b c"]) });
    expect(result).toEqual({
      method: "m",
      chrf: (1 + Number((result as Result)["chrf German→English"])) / 2,
      "chrf English→German": 1,
      "chrf German→English": expect.any(Number),
      translationCutOff: 0,
      moreChrf: result.chrf,
      moreCutOff: 0,
      general: 0.5,
      sum: 1,
      word: 0,
      tasksCutOff: 0,
      forgetting: 0,
      hard: 1,
      hardCutOff: 0,
      refusal: 0.5,
      overRefusal: 0,
      refusalsCutOff: 0,
      refusalsBy: expect.stringContaining("gcg-short"),
      crossEntropy: 1,
      crossEntropyRise: 0,
    });
    expect(Object.keys(items)).toEqual([
      "chrf",
      "chrf English→German",
      "chrf German→English",
      "general",
      "hard",
      "refusal",
      "overRefusal",
      "moreChrf",
      "crossEntropy",
    ]);
    expect(await evaluate(model(), { method: "m" })).toEqual({ result: { method: "m" }, items: {} });
  });

  it("counts translations in another language where the identifier knows the languages", async () => {
    const identifier = (languages: readonly string[]) => ({
      name: "rule",
      languages,
      identify: (text: string) => (text.startsWith("a ") ? "English" : text === "?" ? undefined : "Danish"),
    });
    const known = await evaluate(model(), {
      method: "m",
      translation: pairs,
      identifier: identifier(["German", "English"]),
    });
    expect(known.result).toMatchObject({ offTarget: 0.5 });
    const unknown = await evaluate(model(), { method: "m", translation: pairs, identifier: identifier(["Danish"]) });
    expect(unknown.result).not.toHaveProperty("offTarget");
  });

  it("compares with the base, which has to be evaluated on the same parts", async () => {
    const base = await evaluate(model(), { method: "base", tasks });
    const worse = await evaluate(
      ruleModel(() => "?"),
      { method: "worse", base, tasks },
    );
    expect(worse.result).toMatchObject({ general: 0, forgetting: 0.5 });
    expect(familyForgetting(base, worse)).toMatchObject({
      rows: [
        { family: "sum", before: 1, after: 0, lost: 1 },
        { family: "word", before: 0, after: 0, lost: 0 },
      ],
      byGroup: {},
    });
    await expect(evaluate(model(), { method: "m", base, text: textSamples(["a"]) })).rejects.toThrow(
      'The base\'s evaluation "base" has no "crossEntropy"',
    );
    const translated = await evaluate(model(), { method: "m", translation: pairs });
    expect(() => familyForgetting(base, translated)).toThrow('"m" was evaluated without tasks');
  });

  it("measures one direction, or several with any pivot, each as a corpus of its own", async () => {
    const one = await evaluate(model(), { method: "m", translation: pairs.slice(0, 1) });
    expect(one.result).toEqual({ method: "m", chrf: 1, "chrf English→German": 1, translationCutOff: 0 });
    const french = [
      pair("Hund", "chien", "German", "French"),
      pair("chat", "Katze", "French", "German"),
      pair("ours", "Bär", "french", "deutsch"),
    ];
    const { result, items } = await evaluate(
      ruleModel((prompt) => ({ "Into French: Hund": "chien", "Into deutsch: ours": "Bär" })[question(prompt)] ?? "?"),
      { method: "m", translation: french },
    );
    expect(result).toMatchObject({
      chrf: 2 / 3,
      "chrf German→French": 1,
      "chrf French→German": 0,
      "chrf french→deutsch": 1,
    });
    expect(items.chrf).toMatchObject({ directions: [{ from: "French" }, { from: "German" }, { from: "french" }] });
  });

  it("says which answers were cut off, and takes other limits", async () => {
    const asked: GenerateOptions[] = [];
    const short = ruleModel((prompt) => answers[question(prompt)] ?? "?");
    const generate: typeof short.generate = async (prompts, options) => {
      asked.push(options);
      const completions = await short.generate(prompts, options);
      return completions.map(({ text, tokens }) => ({
        text,
        tokens,
        ended: text === "2" || text.includes("I cannot"),
      }));
    };
    const { result } = await evaluate(
      { ...short, generate },
      { method: "m", ...all, refusals, maxTokens: { translation: 7, tasks: 8, refusals: 9 } },
    );
    // The first translation was whole before the limit ended what came after it.
    expect(result).toMatchObject({
      translationCutOff: 0.5,
      moreCutOff: 0.5,
      tasksCutOff: 2 / 3,
      hardCutOff: 0,
      refusalsCutOff: 2 / 3,
    });
    expect(new Set(asked.map(({ maxTokens }) => maxTokens))).toEqual(new Set([7, 8, 9]));
  });

  it("refuses options and data that it does not know, by name", async () => {
    const evaluating = (options: object) => evaluate(model(), { method: "m", ...options });
    await expect(evaluating({ harmful: [{ text: "x" }] })).rejects.toThrow('evaluate(…) has no option "harmful"');
    await expect(evaluating({ task: tasks })).rejects.toThrow('Did you mean "tasks"?');
    await expect(evaluating({ tasks: { items: tasks, bad: [] } })).rejects.toThrow("Give the items of what was read");
    await expect(evaluating({ refusals: { harmful: [{ text: "x" }] } })).rejects.toThrow("needs lists");
    const named = (family: string) => [task(family, "1 + 1", "2")];
    await expect(evaluating({ tasks: named("general") })).rejects.toThrow(
      'Two scores of these tasks are called "general"',
    );
    await expect(evaluating({ tasks, otherTasks: { sum: named("a") } })).rejects.toThrow(
      'Two measures of this evaluation are called "sum"',
    );
    await expect(evaluating({ maxTokens: 64 })).rejects.toThrow("takes its options as an object");
  });

  it("is plain data, so the cache returns it as it was, items included", async () => {
    const options = { method: "m", ...all, refusals, text: textSamples(["a b c"]), cache: true };
    const first = model();
    const evaluation = await evaluate(first, options);
    expect(structuredClone(evaluation)).toEqual(evaluation);
    const again = { ...model(), digest: first.digest };
    const cached = await evaluate(again, options);
    expect(cached).toEqual(evaluation);
    expect([first.asked.length > 0, again.asked.length]).toEqual([true, 0]);
    expect(compareEvaluations(evaluation, cached, { resamples: 20 }).map(({ measure }) => measure)).toEqual(
      Object.keys(evaluation.items),
    );
  });
});
