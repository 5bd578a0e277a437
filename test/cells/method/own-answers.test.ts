/** Recovery distillation: the base's own answers, and the chats that are made from them. */
import { beforeEach, describe, expect, test } from "vitest";
import type { ChatModel, Prompt } from "../../../cells/contracts.ts";
import { transllm } from "../../../cells/index.ts";
import { type BareHost, bareHost } from "../bare-host.ts";
import { question, ruleModel } from "../measure/model.ts";

const chat = {
  question: "Movaet bim kruk?",
  sourceQuestion: "What is the capital of Mova?",
  sourceAnswer: "The capital of Mova is Tirek.",
  answer: "Movaet bim Tirek.",
};
const modelWith = (texts: Readonly<Record<string, string>>) =>
  ruleModel((prompt: Prompt) => texts[question(prompt)] ?? "?");

describe("the base's own answers", () => {
  let host: BareHost;
  beforeEach(() => {
    host = bareHost();
  });
  const counting = (digest: string): ChatModel & { readonly asked: Prompt[] } => ({
    ...modelWith({ q: "a", r: "b" }),
    digest,
  });
  const prompts = ["q", "r"].map((content) => [{ role: "user", content } as const]);

  test("are generated once, and then restored from the workspace", async () => {
    const model = counting("own answers 1");
    const first = await transllm.ownAnswers(model, prompts);
    expect(first.map(({ text: said }) => said)).toEqual(["a", "b"]);
    expect(await transllm.ownAnswers(model, prompts)).toEqual(first);
    expect(model.asked).toHaveLength(2);
    const another = bareHost();
    for (const [path, data] of host.files) another.files.set(path, data);
    const second = counting("own answers 1");
    expect(await transllm.ownAnswers(second, prompts)).toEqual(first);
    expect(second.asked).toEqual([]);
  });

  test("replace the given answers, with their translations; chats that cannot be translated are left out", async () => {
    const model = counting("own answers 3");
    const chats = ["q", "r"].map((sourceQuestion) => ({ ...chat, sourceQuestion }));
    const made = await transllm.ownChats(model, chats, (said) => (said === "a" ? "a′" : undefined));
    expect(made.items).toEqual([{ ...chat, sourceQuestion: "q", sourceAnswer: "a", answer: "a′" }]);
    expect(made.counts).toEqual({ chats: 1, cutOff: 0, untranslated: 1 });
  });

  test("may be translated by a service, which gets a few texts at a time; cut-off answers are left out", async () => {
    const numbers = Array.from({ length: 40 }, (_, at) => `q${at}`);
    const model = modelWith(Object.fromEntries(numbers.map((each) => [each, `answer of ${each}`])));
    const cutting: ChatModel = {
      ...model,
      digest: "own answers 4",
      generate: async (...given) =>
        (await model.generate(...given)).map((each) => ({ ...each, ended: each.text !== "answer of q7" })),
    };
    let [running, most] = [0, 0];
    const service = async (said: string): Promise<string> => {
      running += 1;
      most = Math.max(most, running);
      // Later texts are ready earlier.
      await new Promise((go) => setTimeout(go, 20 - Number(said.slice(11)) / 2));
      running -= 1;
      return said.toUpperCase();
    };
    const chats = numbers.map((sourceQuestion) => ({ ...chat, sourceQuestion }));
    const { items, counts } = await transllm.ownChats(cutting, chats, service);
    expect(counts).toEqual({ chats: 39, cutOff: 1, untranslated: 0 });
    expect(items.every(({ sourceQuestion, answer }) => answer === `ANSWER OF ${sourceQuestion.toUpperCase()}`)).toBe(
      true,
    );
    expect([most > 1, most <= 8]).toEqual([true, true]);
  });
});
