import { beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import type { ChatModel, GenerateOptions } from "../../../../cells/contracts.ts";
import { probes } from "../../../../cells/measure/probes.ts";
import { translate, translations } from "../../../../cells/measure/translation/translation.ts";
import { chatModel } from "../../../../cells/model/chat-model.ts";
import type { Pair } from "../../../../cells/types.ts";
import { type BareHost, bareHost } from "../../bare-host.ts";
import { useBackend } from "../../model/backend.ts";
import { tinyFolder } from "../../model/tiny.ts";
import { question, ruleModel } from "../model.ts";

let host: BareHost;
beforeAll(() => useBackend("wasm"));
beforeEach(() => {
  host = bareHost();
  return () => host.end();
});

const pair = (source: string, reference = "x"): Pair => ({
  source,
  reference,
  from: "German",
  to: "French",
  instruction: source,
});

/** A model that writes one token per word, up to the limit, and stops at stop texts. */
function limited(answer: (asked: string) => string): ChatModel & { readonly asked: GenerateOptions[] } {
  const asked: GenerateOptions[] = [];
  return {
    ...ruleModel(() => ""),
    asked,
    generate: async (prompts, options) => {
      asked.push(options);
      return prompts.map((prompt) => {
        const [whole = ""] = options.stop?.length
          ? answer(question(prompt)).split(options.stop[0]!)
          : [answer(question(prompt))];
        const words = whole.split(" ");
        const written = words.slice(0, options.maxTokens);
        return { text: written.join(" "), tokens: written.length, ended: written.length === words.length };
      });
    },
  };
}
const words = (count: number): string => Array.from({ length: count }, (_, i) => `w${i}`).join(" ");

describe("the length of translations", () => {
  it("follows the source: a long reference is reproduced as a whole", async () => {
    const model = limited((asked) => asked.toUpperCase());
    const long = words(400);
    expect(await translate(model, [pair("a b"), pair(long)])).toEqual(["A B", long.toUpperCase()]);
    const limits = model.asked.map(({ maxTokens }) => maxTokens);
    expect(limits[0]).toBe(64);
    expect(limits[1]).toBeGreaterThan(400);
  });

  it("never goes beyond the model's positions, and is counted in its own tokens", async () => {
    const model = await chatModel(await tinyFolder(host));
    const limits: number[] = [];
    const spied: ChatModel = {
      ...model,
      generate: async (prompts, options) => {
        limits.push(options.maxTokens);
        return prompts.map(() => ({ text: "x", tokens: 1, ended: true }));
      },
    };
    const { positions } = model.decoder.config;
    const sources = ["hello", words(30), words(10_000)];
    await translations(
      spied,
      sources.map((source) => pair(source)),
    );
    const rendered = (content: string): number =>
      model.tokenizer.encode(model.tokenizer.render([{ role: "user", content }])).length;
    const tokens = model.tokenizer.encode(sources[1]!).length;
    expect(limits[0]).toBe(64);
    expect(limits[1]).toBe(Math.min(2 ** Math.ceil(Math.log2(6 * tokens)), positions - rendered(sources[1]!)));
    expect(limits.at(-1)).toBe(0);
  });

  it("can be set, and cut-offs are counted", async () => {
    const model = limited((asked) => asked);
    const found = await translations(model, [pair("a b c"), pair("a")], { maxTokens: 2 });
    expect(found.map(({ text, cutOff }) => [text, cutOff])).toEqual([
      ["a b", true],
      ["a", false],
    ]);
    const warn = vi.spyOn(console, "warn").mockImplementation(() => undefined);
    await translate(model, [pair("a b c"), pair("a")], { maxTokens: 2 });
    expect(warn.mock.calls).toEqual([[expect.stringContaining("1 of 2 translations were cut off")]]);
    const row = await probes.translation([pair("a b c"), pair("a")], { maxTokens: 2 }).measure(model);
    expect(row).toMatchObject({ translationCutOff: 0.5 });
  });

  it("knows no option of another name", async () => {
    const given = { max_new_tokens: 5 };
    await expect(translate(limited(String), [pair("a")], given as object)).rejects.toThrow(
      'It is called "maxTokens" here.',
    );
    expect(() => probes.translation([pair("a")], given as object)).toThrow("probes.translation(…) has no option");
    expect(() => probes.translation(undefined as never)).toThrow(
      "needs pairs: a list with at least one item, not nothing",
    );
  });
});

describe("cleaning", () => {
  const model = limited((asked) =>
    asked === "blank" ? "\n\nEin Hund\nNote: x" : "Ein Hund \nNote: one two three four",
  );

  it("takes the first line that is not blank; what is cut off after it does not count", async () => {
    const found = await translations(model, [pair("a"), pair("blank")], { maxTokens: 4 });
    expect(found.map(({ text, cutOff }) => [text.trim(), cutOff])).toEqual([
      ["Ein Hund", false],
      ["Ein Hund", false],
    ]);
  });

  it("can take everything, or what a function says", async () => {
    const all = await translations(model, [pair("a")], { clean: "none", maxTokens: 4 });
    expect(all).toMatchObject([{ text: "Ein Hund \nNote: one", cutOff: true }]);
    const own = await translations(model, [pair("a")], { clean: (text) => text.slice(0, 3), maxTokens: 4 });
    expect(own).toMatchObject([{ text: "Ein", cutOff: false }]);
  });
});
