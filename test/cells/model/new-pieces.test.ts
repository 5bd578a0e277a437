/** New vocabulary for a language, on the embedded model and on tokenizers of other kinds. */
import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { chooseBackend } from "../../../cells/device/backend.ts";
import { type BaseModel, chatModel } from "../../../cells/model/chat-model.ts";
import { newPieces } from "../../../cells/model/new-pieces.ts";
import { chatTokenizer } from "../../../cells/model/tokenizer.ts";
import { withPieces } from "../../../cells/model/tokenizer-pieces.ts";
import { extendVocabulary } from "../../../cells/model/vocabulary.ts";
import { world } from "../../../cells/world/world.ts";
import { type BareHost, bareHost } from "../bare-host.ts";

const folder = new URL("../../../experiments/models/tiny-chat", import.meta.url).pathname;
const template =
  "{% for m in messages %}<s>{{ m.role }} {{ m.content }}</s>{% endfor %}{% if add_generation_prompt %}<s>assistant {% endif %}";

describe("on the embedded model", () => {
  let host: BareHost;
  let base: BaseModel;
  let texts: readonly string[];
  beforeAll(async () => {
    await chooseBackend("wasm");
    host = bareHost();
    base = await chatModel(folder);
    texts = (await world.chats("velan", { train: 300, sentences: 100, test: 10, prompts: 10, texts: 400 })).texts;
  });
  afterAll(() => host.end());

  it("a language needs far fewer tokens, every text stays itself, and English has its tokens", async () => {
    const pieces = newPieces(base, texts, { count: 200 });
    const extended = await extendVocabulary(base, ["<VE>"], { pieces });
    const count = ({ tokenizer }: BaseModel): number =>
      texts.reduce((sum, text) => sum + tokenizer.encode(text).length, 0);
    expect(count(extended) / count(base)).toBeLessThan(0.75);
    for (const text of texts.slice(0, 50))
      expect(extended.tokenizer.decode(extended.tokenizer.encode(text))).toBe(text);
    const english = "What is the capital of Mova?";
    expect(extended.tokenizer.encode(english)).toEqual(base.tokenizer.encode(english));
    const size = base.tokenizer.size + pieces.merges.length;
    expect([extended.tokenizer.size, extended.tokenizer.encode("<VE>")]).toEqual([size + 1, [size]]);
  });

  it("a new piece begins as the mean of the tokens that it had before; the others keep their rows", async () => {
    const pieces = newPieces(base, texts, { count: 50 });
    const extended = await extendVocabulary(base, [], { pieces });
    const table = (model: BaseModel) => model.decoder.weights.get("model.embed_tokens.weight")!;
    const [before, after] = [await table(base).array(), await table(extended).array()] as [number[][], number[][]];
    const old = base.decoder.config.vocabulary;
    expect(after.slice(0, old)).toEqual(before);
    for (let id = old; id < old + 50; id += 7) {
      const parts = base.tokenizer.encode(extended.tokenizer.decode([id])).map((part) => before[part]!);
      for (const [at, value] of after[id]!.entries())
        expect(value).toBeCloseTo(parts.reduce((sum, row) => sum + row[at]!, 0) / parts.length, 5);
    }
    const [answer] = await extended.generate([{ messages: [{ role: "user", content: "How much is 1 plus 4?" }] }], {
      maxTokens: 20,
    });
    expect(answer!.text).toContain("5");
  });
});

it("a tokenizer that marks spaces gets the letters that it lacks, and joins nothing across spaces", async () => {
  const tokenizer = await readFile(
    new URL("../../golden/metrics/tokenizer-llama-bpe/tokenizer.json", import.meta.url),
    "utf8",
  );
  const config = JSON.stringify({ bos_token: "<s>", eos_token: "</s>", chat_template: template });
  const before = chatTokenizer({ tokenizer, config }, "llama");
  const text = "ฉันรักแมว ฉันรักหมา";
  const pieces = newPieces({ name: "llama", tokenizer: before } as BaseModel, Array(5).fill(text), { count: 60 });
  // It knows the other letters of this text.
  expect(new Set(pieces.letters)).toEqual(new Set("ฉนมหแ"));
  expect(pieces.merges.flat().every((piece) => piece.lastIndexOf("▁") <= 0)).toBe(true);
  const after = chatTokenizer(withPieces(before.files, pieces).files, "llama");
  expect(after.decode(after.encode(text)).trim()).toBe(text);
  expect(after.encode(text).length).toBeLessThanOrEqual(4);
  expect(after.encode("quick river walks")).toEqual(before.encode("quick river walks"));
});

it("added tokens that follow the vocabulary keep their ids", () => {
  const letters = Object.fromEntries([..."abcd "].map((letter, id) => [letter, id]));
  const added = [
    { id: 5, content: "<s>", special: true },
    { id: 6, content: "</s>", special: true },
  ];
  const flags = { single_word: false, lstrip: false, rstrip: false, normalized: false };
  const json = {
    added_tokens: added.map((token) => ({ ...token, ...flags })),
    model: { type: "BPE", vocab: letters, merges: [] },
  };
  const config = JSON.stringify({ bos_token: "<s>", eos_token: "</s>", chat_template: template });
  const pieces = {
    letters: ["é"],
    merges: [
      ["a", "b"],
      ["ab", "c"],
    ] as const,
  };
  const { files, first } = withPieces({ tokenizer: JSON.stringify(json), config }, pieces);
  expect(first).toBe(7);
  const { model } = JSON.parse(files.tokenizer) as { model: { vocab: Record<string, number> } };
  // Hugging Face's library counts added tokens on from the vocabulary's size unless the vocabulary has them.
  expect(model.vocab).toEqual({ ...letters, "<s>": 5, "</s>": 6, é: 7, ab: 8, abc: 9 });
});

it("refuses a tokenizer that is not byte-pair encoding", async () => {
  const tokenizer = await readFile(
    new URL("../../golden/metrics/tokenizer-unigram/tokenizer.json", import.meta.url),
    "utf8",
  );
  const model = { name: "unigram", tokenizer: { files: { tokenizer, config: "{}" } } } as unknown as BaseModel;
  expect(() => newPieces(model, ["a"], { count: 5 })).toThrow("Unigram");
});
