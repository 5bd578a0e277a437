import { readdirSync } from "node:fs";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type BaseModel, chatModel } from "../../../cells/model/chat-model.ts";
import { encodePrompt, encodeSample } from "../../../cells/model/encoding.ts";
import type { TemplateSettings } from "../../../cells/model/template-settings.ts";
import { strftime } from "../../../cells/model/template-settings.ts";
import { thoughtTokens, withoutThought } from "../../../cells/model/thoughts.ts";
import { type ChatTokenizer, chatTokenizer } from "../../../cells/model/tokenizer.ts";
import { turnTexts } from "../../../cells/model/turn-text.ts";
import type { Message } from "../../../cells/types.ts";
import { passes } from "../../golden-check.ts";
import { checkTemplate, sampleOf, templateFiles } from "../../golden-template.ts";
import { type BareHost, bareHost } from "../bare-host.ts";
import { useBackend } from "./backend.ts";
import { goldenFolder } from "./golden.ts";
import { tinyFolder, tinyTokenizer } from "./tiny.ts";

const question: Message[] = [{ role: "user", content: "hello" }];

async function withTemplate(name: string, template: TemplateSettings = {}): Promise<ChatTokenizer> {
  return chatTokenizer(await templateFiles(goldenFolder(`templates/${name}`)), name, { template });
}

/** The tokens of a sample that are targets. */
function targets(tokenizer: ChatTokenizer, answer: string): string {
  const { ids, spans } = encodeSample(tokenizer, sampleOf(question, [answer]));
  return tokenizer.decode(
    spans.flatMap(({ from, to }) => ids.slice(from, to)),
    "with special",
  );
}

describe.each(readdirSync(goldenFolder("templates")))("the template of %s", (name) => {
  it("gives the tokens of transformers, and the same prompt in training and generation", async () => {
    for await (const check of checkTemplate(goldenFolder(`templates/${name}`)))
      expect(passes(check), `${check.name}: ${check.error}`).toBe(true);
  });
});

describe("a reasoning model", () => {
  it.each(["qwen3", "r1-distill"])(
    "does not think unless it is told to; its think block is no target (%s)",
    async (name) => {
      const off = await withTemplate(name);
      const on = await withTemplate(name, { enable_thinking: true });
      expect(off.render(question)).toMatch(/<think>\n\n<\/think>\n\n$/);
      expect(on.render(question)).not.toContain("</think>");
      expect(off.template.enable_thinking).toBe(false);
      for (const tokenizer of [off, on]) {
        expect(targets(tokenizer, "quick fox")).toBe(`quick fox${tokenizer.trailText}`);
        // Whatever the model reads before it answers, a training begins with it.
        const { ids } = encodeSample(tokenizer, sampleOf(question, ["quick fox"]));
        const prompt = encodePrompt(tokenizer, { messages: question });
        expect(ids.slice(0, prompt.length)).toEqual(prompt);
      }
      const plain = encodeSample(off, sampleOf([], ["quick fox"]));
      expect(off.decode(plain.ids, "with special")).not.toContain("think");
    },
  );

  it.each(["qwen3", "r1-distill"])("learns the thoughts that a text has, once (%s)", async (name) => {
    const tokenizer = await withTemplate(name);
    const answer = "<think>\nthe river\n</think>\n\nfox";
    expect(targets(tokenizer, answer)).toBe(answer + tokenizer.trailText);
    const { ids } = encodeSample(tokenizer, sampleOf(question, [answer]));
    expect(tokenizer.decode(ids, "with special").match(/<think>/g)).toHaveLength(1);
  });

  it("streams and returns its answer alone", async () => {
    const tokenizer = await withTemplate("qwen3", { enable_thinking: true });
    const thought = "<think>\nthe river\n</think>";
    const tokens = tokenizer.encode(`${thought}\n\nquick fox`);
    const pieces: string[] = [];
    const prompt = { messages: question };
    const turns = turnTexts(tokenizer, [prompt], [encodePrompt(tokenizer, prompt)], {
      onText: (piece) => void pieces.push(piece),
    });
    for (let count = 1; count <= tokens.length; count += 1) turns.afterToken!(tokens.slice(0, count), 0);
    const done = turns.finish(tokens, 0);
    expect(done).toEqual({ text: "quick fox", thinkTokens: tokenizer.encode(thought).length });
    expect(pieces.join("")).toBe("quick fox");
    // A thought that the limit cut off is no answer.
    const cut = turnTexts(tokenizer, [prompt], [encodePrompt(tokenizer, prompt)], {}).finish(tokens.slice(0, 3), 0);
    expect(cut).toEqual({ text: "", thinkTokens: 3 });
  });

  it("tells thoughts from answers that only mention the tag", () => {
    expect(withoutThought("<think>\na b\n</think>\n\nfox", "not opened")).toBe("fox");
    expect(withoutThought("a b\n</think>\n\nfox", "opened")).toBe("fox");
    expect(withoutThought("<think>\na b", "not opened")).toBe("");
    expect(withoutThought("<thi", "not opened")).toBe("");
    expect(withoutThought("fox <think>", "not opened")).toBe("fox <think>");
    const words = ["<think>", " a", " b", "</think>", "fox", " runs"];
    const textOf = (tokens: readonly number[]): string => tokens.map((token) => words[token]).join("");
    expect(thoughtTokens([0, 1, 2, 3, 4, 5], textOf, "not opened")).toBe(4);
    expect(thoughtTokens([1, 2, 3, 4], textOf, "opened")).toBe(3);
    expect(thoughtTokens([0, 1, 2], textOf, "not opened")).toBe(3);
    expect(thoughtTokens([4, 5], textOf, "not opened")).toBe(0);
  });
});

describe("the arguments of a template", () => {
  it("fix the date, in English, whatever the day; the record says which", async () => {
    for (const name of ["llama-3.1", "llama-3.2"]) {
      const usual = await withTemplate(name);
      expect(usual.render(question)).toContain("Today Date: 26 Jul 2024\n");
      expect(usual.template).toEqual({ date_string: "26 Jul 2024" });
      const other = await withTemplate(name, { date_string: "5 March 2025" });
      expect(other.render(question)).toContain("Today Date: 5 March 2025\n");
    }
  });

  it("give strftime_now the day and all its usual formats", () => {
    const wanted = "Tue Tuesday Mar March 05 065 03 2024 24 00:00:00 12 AM 5 %";
    expect(strftime("5 Mar 2024", "%a %A %b %B %d %j %m %Y %y %H:%M:%S %I %p %-d %%")).toBe(wanted);
    expect(() => strftime("someday", "%d")).toThrow(/date_string "someday" is not a date/);
    expect(() => strftime("5 Mar 2024", "%Q")).toThrow(/does not know "%Q"/);
  });

  it("add a system prompt to conversations that have none", async () => {
    const tokenizer = await withTemplate("qwen2.5", { system: "Be brief." });
    expect(tokenizer.render(question)).toMatch(/^<\|im_start\|>system\nBe brief\.<\|im_end\|>/);
    const own: Message[] = [{ role: "system", content: "Be long." }, ...question];
    expect(tokenizer.render(own)).not.toContain("Be brief.");
  });

  it("are refused by name if the template does not use them", async () => {
    await expect(withTemplate("llama-2", { enable_thinking: true, date: "1 Jan 2025" })).rejects.toThrow(
      /The chat template of llama-2 does not use enable_thinking, date\./,
    );
  });
});

describe("what a template throws", () => {
  const rendered = (template: string): ChatTokenizer => chatTokenizer({ ...tinyTokenizer, template }, "models/x");
  const turns = (turn: string): string =>
    `{% for m in messages %}${turn}{% endfor %}{% if add_generation_prompt %}{{ '<|assistant|>' }}{% endif %}`;

  it("names the file, the reason and a way out", async () => {
    const gemma = await withTemplate("gemma");
    const system: Message[] = [{ role: "system", content: "Be brief." }, ...question];
    expect(() => gemma.render(system)).toThrow(
      /gemma\/chat_template\.jinja, stopped with: System role not supported\. Change the conversation/,
    );
    expect(() => rendered(turns("{% frobnicate %}"))).toThrow(
      /models\/x\/chat_template\.jinja, stopped with: .*another way/,
    );
  });

  it("is not Python's % and strip, which are computed as in Python", () => {
    const tokenizer = rendered(
      turns("{{ '<|%s|>' % m.role + m.content.strip('xy ') + m.content.lstrip('x') + '%d%%' % (-7 % 3) + '</s>' }}"),
    );
    expect(tokenizer.render([{ role: "user", content: "xy a yx" }])).toBe("<|user|>ay a yx2%</s><|assistant|>");
  });

  it("is an error of ours where it rewrites the assistant's text", () => {
    const tokenizer = rendered(turns("{{ '<|' + m.role + '|>' + m.content.replace('fox', 'dog') + '</s>' }}"));
    expect(() => encodeSample(tokenizer, sampleOf(question, ["a fox"]))).toThrow(
      /rewrites the assistant's text "a fox"/,
    );
  });
});

describe("a model's settings", () => {
  let host: BareHost;
  beforeAll(() => useBackend("wasm"));
  beforeEach(() => {
    host = bareHost(3);
    return () => host.end();
  });

  it("are part of what decides its answers, and are refused where they are not known", async () => {
    const folder = await tinyFolder(host);
    const load = (...rest: unknown[]): Promise<BaseModel> => Reflect.apply(chatModel, undefined, [folder, ...rest]);
    const [joint, pieces, brief] = [
      await load(),
      await load({ encoding: "pieces" }),
      await load({ template: { system: "Be brief." } }),
    ];
    const states = await Promise.all([joint, pieces, brief].map((model) => model.state!()));
    expect(new Set(states).size).toBe(3);
    await expect(load({ enable_thinking: true })).rejects.toThrow(/does not know enable_thinking.*template: \{/);
    await expect(load({ encoding: "both" })).rejects.toThrow(/encoding must be "joint" or "pieces", not "both"/);
  });
});
