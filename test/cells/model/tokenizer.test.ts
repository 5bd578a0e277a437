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

describe("a sample as token ids", () => {
  const spaced = chatTokenizer(withSpaces("byte-bpe"), "spaced");
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

  it("encodes each piece separately; pieces with a weight are targets", () => {
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

  it("begins a text without turns with the beginning-of-sequence token; all its tokens are targets", () => {
    const { ids, spans } = encodeSample(spaced, {
      prompt: [],
      segments: [segment("text", "quick fox", 1)],
      endTurn: false,
    });
    expect(ids).toEqual([spaced.begin, ...spaced.encode(" quick fox")]);
    expect(spans).toEqual([{ role: "text", weight: 1, from: 1, to: ids.length }]);
  });

  it("rejects a sample without targets", () => {
    const silent = { prompt, segments: [segment("separator", "Note:", 0)], endTurn: true };
    expect(() => encodeSample(spaced, silent)).toThrow(/nothing to learn/);
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
