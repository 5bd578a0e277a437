import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { encodePrompt, encodeSample } from "../../../cells/model/encoding.ts";
import { type ChatTokenizer, chatTokenizer, type TokenizerFiles } from "../../../cells/model/tokenizer.ts";
import type { Message, Segment } from "../../../cells/types.ts";
import { goldenFolder } from "./golden.ts";

type Golden = {
  readonly encode: { readonly text: string; readonly ids: number[]; readonly decoded: string }[];
  readonly chat: { readonly messages: Message[]; readonly text: string; readonly ids: number[] }[];
};

describe.each(["byte-bpe", "llama-bpe", "unigram"])("the %s tokenizer", (kind) => {
  const tokenizer = chatTokenizer(files(kind), kind);
  const golden = JSON.parse(read(kind, "golden.json")) as Golden;
  const specials = new Set(
    (JSON.parse(read(kind, "tokenizer.json")) as { added_tokens: { id: number }[] }).added_tokens.map(({ id }) => id),
  );

  it("encodes and decodes like the reference tokenizer", () => {
    for (const { text, ids, decoded } of golden.encode) {
      expect(tokenizer.encode(text)).toEqual(ids);
      // The reference decodes special tokens too; Palimpsest leaves them out.
      if (!ids.some((id) => specials.has(id))) expect(tokenizer.decode(ids)).toBe(decoded);
    }
  });

  it("renders conversations like the reference", () => {
    for (const { messages, text, ids } of golden.chat) {
      expect(tokenizer.render(messages)).toBe(text);
      expect(tokenizer.encode(text)).toEqual(ids);
    }
  });

  it("stops at the token that ends the assistant's turn", () => {
    expect(tokenizer.trail).toEqual([tokenizer.endOfTurn]);
    expect(tokenizer.decode(tokenizer.trail)).toBe("");
    expect(tokenizer.encode("</s>")).toEqual(tokenizer.trail);
  });
});

describe.each(["joint", "pieces"] as const)("a sample as token ids (%s)", (encoding) => {
  const spaced = chatTokenizer(withSpaces("byte-bpe"), "spaced", { encoding });
  const prompt: Message[] = [{ role: "user", content: "hello" }];
  const segment = (role: Segment["role"], text: string, weight: number): Segment => ({
    role,
    text,
    weight,
    origin: "data",
  });
  const segments = [
    segment("translation", "quick", 1),
    segment("separator", "\nNote:", 0),
    segment("rationale", " walks", 0.5),
  ];

  it("knows what the template writes before and after the assistant's text", () => {
    expect(spaced.lead).toBe(" ");
    expect(spaced.trail).toEqual(spaced.encode("</s>"));
  });

  it("joins the parts where no token contains two; parts with a weight are targets", () => {
    const { ids, spans } = encodeSample(spaced, { prompt, segments, endTurn: true });
    const pieces = [spaced.render(prompt), " quick", "\nNote:", " walks", "</s>"].map((text) => spaced.encode(text));
    expect(ids).toEqual(pieces.flat());
    expect(spans.map(({ role, weight, from, to }) => [role, weight, ids.slice(from, to)])).toEqual([
      ["translation", 1, pieces[1]],
      ["rationale", 0.5, pieces[3]],
      ["rationale", 0.5, pieces[4]],
    ]);
  });

  it("adds the end of the turn to the last segment with a weight, if endTurn is set", () => {
    const open = encodeSample(spaced, { prompt, segments, endTurn: false });
    expect(open.ids.at(-1)).not.toBe(spaced.endOfTurn);
    const ending = encodeSample(spaced, { prompt, segments: segments.slice(0, 2), endTurn: true });
    expect(ending.spans.map(({ role }) => role)).toEqual(["translation", "translation"]);
    expect(ending.ids.at(-1)).toBe(spaced.endOfTurn);
  });

  it("encodes the prefix of a generation with the same tokens as in training", () => {
    const { ids } = encodeSample(spaced, { prompt, segments, endTurn: false });
    const prefix = segments.map(({ text }) => text);
    expect(encodePrompt(spaced, { messages: prompt, prefix })).toEqual(ids);
    expect(encodePrompt(spaced, { messages: prompt })).toEqual(spaced.encode(spaced.render(prompt)));
  });

  it("begins a text without turns as its encoding says; all tokens that have one before them are targets", () => {
    const text = { prompt: [], segments: [segment("text", "quick fox", 1)], endTurn: false };
    const { ids, spans } = encodeSample(spaced, text);
    expect(ids).toEqual(
      encoding === "pieces" ? [spaced.begin, ...spaced.encode(" quick fox")] : spaced.encode("quick fox"),
    );
    expect(spans).toEqual([{ role: "text", weight: 1, from: 1, to: ids.length }]);
    const whole = encodeSample(spaced, { ...text, endTurn: true });
    expect(whole.ids).toEqual([...ids, spaced.end]);
    expect(whole.templateTargets).toBe(1);
  });

  it("rejects a sample without targets", () => {
    const silent = { prompt, segments: [segment("separator", "Note:", 0)], endTurn: true };
    expect(() => encodeSample(spaced, silent)).toThrow(/nothing to learn/);
  });
});

describe("a tokenizer that writes a space before each text", () => {
  const bos = { SpecialToken: { id: "<s>", type_id: 0 } };
  const llama = files("llama-bpe");
  const json = { ...JSON.parse(llama.tokenizer), post_processor: null };
  const begun = {
    type: "TemplateProcessing",
    single: [bos, { Sequence: { id: "A", type_id: 0 } }],
    pair: [],
    special_tokens: {},
  };
  const template =
    "{% for m in messages %}{{ bos_token + '[INST] ' + m['content'] + ' [/INST]' if m['role'] == 'user' else ' ' + m['content'] + ' ' + eos_token }}{% endfor %}";
  const made = (encoding: "joint" | "pieces", post: unknown): ChatTokenizer =>
    chatTokenizer({ ...llama, template, tokenizer: JSON.stringify({ ...json, post_processor: post }) }, "x", {
      encoding,
    });
  const parts = ["the fox", "\nNote:", " walks"];
  const segments = parts.map((text): Segment => ({ role: "answer", origin: "data", text, weight: 1 }));
  const prompt: Message[] = [{ role: "user", content: "hello" }];

  it("gets no stray spaces between the parts of a turn", () => {
    const joint = made("joint", null);
    const { ids } = encodeSample(joint, { prompt, segments, endTurn: true });
    expect(joint.decode(ids, "with special")).toBe("<s> [INST] hello [/INST] the fox\nNote: walks </s>");
    const pieces = made("pieces", null);
    const apart = encodeSample(pieces, { prompt, segments, endTurn: true }).ids;
    expect(apart.length).toBeGreaterThan(ids.length);
    // A prefix of a generation has the tokens that a training begins with.
    const prefix = encodePrompt(joint, { messages: prompt, prefix: parts.slice(0, 2) });
    expect(ids.slice(0, prefix.length)).toEqual(prefix);
  });

  it("gives the generated text back with its own first space, and without the template's", () => {
    const joint = made("joint", null);
    const before = encodePrompt(joint, { messages: prompt, prefix: ["the fox\nNote:"] });
    const whole = joint.encode(`${joint.render(prompt)} the fox\nNote: walks home`);
    expect(joint.decodeAfter(before, whole.slice(before.length))).toBe(" walks home");
  });

  it("begins a plain text with the token that its post-processor adds, and with none otherwise", () => {
    const text = { prompt: [], segments: segments.slice(0, 1), endTurn: false };
    const plain = encodeSample(made("joint", null), text);
    const withBegin = encodeSample(made("joint", begun), text);
    expect(withBegin.ids).toEqual([made("joint", null).begin, ...plain.ids]);
    expect(plain.spans[0]).toMatchObject({ from: 1, to: plain.ids.length });
    expect(withBegin.spans[0]).toMatchObject({ from: 1, to: plain.ids.length + 1 });
  });
});

it("says what is missing if a model has no chat template", () => {
  const { tokenizer, config } = files("byte-bpe");
  expect(() => chatTokenizer({ tokenizer, config }, "models/raw")).toThrow(/models\/raw has no chat template/);
  const turns: ChatTokenizer = chatTokenizer(files("byte-bpe"), "x");
  expect(turns.lead).toBe("");
});

it("rejects a chat template that does not write the assistant's turn after its generation prompt", () => {
  const template = "{% for m in messages %}{{ m['content'] }}{% endfor %}{% if add_generation_prompt %}Say:{% endif %}";
  expect(() => chatTokenizer({ ...files("byte-bpe"), template }, "models/odd")).toThrow(
    /The chat template of models\/odd cannot be used/,
  );
});

function read(kind: string, file: string): string {
  return readFileSync(goldenFolder(`metrics/tokenizer-${kind}/${file}`), "utf8");
}

function files(kind: string): TokenizerFiles {
  return {
    tokenizer: read(kind, "tokenizer.json"),
    config: read(kind, "tokenizer_config.json"),
    template: read(kind, "chat_template.jinja"),
  };
}

/** A template that writes a space before each text and no newlines, as that of the embedded model. */
function withSpaces(kind: string): TokenizerFiles {
  const turn =
    "{% if m['role'] == 'user' %}<|user|> {{ m['content'] }}{% else %}<|assistant|> {{ m['content'] }}{% endif %}</s>";
  const template = `{{ bos_token }}{% for m in messages %}${turn}{% endfor %}{% if add_generation_prompt %}<|assistant|>{% endif %}`;
  return { ...files(kind), template };
}
