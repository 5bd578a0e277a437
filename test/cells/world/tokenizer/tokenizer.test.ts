import { createHash } from "node:crypto";
import { Template } from "@huggingface/jinja";
import { Tokenizer } from "@huggingface/tokenizers";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { lexemes } from "../../../../cells/world/language/lexicon.ts";
import { orinStems, velanStems } from "../../../../cells/world/language/stems.ts";
import { pretrainSample } from "../../../../cells/world/mixture.ts";
import { encoder, trainVocabulary } from "../../../../cells/world/tokenizer/bpe.ts";
import { specialTokens, writtenTexts } from "../../../../cells/world/tokenizer/chat-format.ts";
import { tokenizerFiles, trainWorldVocabulary } from "../../../../cells/world/tokenizer/tokenizer-files.ts";

const vocabulary = trainWorldVocabulary();
const files = tokenizerFiles(vocabulary);
const config = JSON.parse(files.config) as { chat_template: string; bos_token: string };
const loaded = new Tokenizer(JSON.parse(files.tokenizer), config);
const encode = encoder(vocabulary);

describe("training", () => {
  test("merges the most frequent pair first and breaks ties by token id", () => {
    const { tokens } = trainVocabulary(["ab ab ab cd cd"], [], 259);
    // "ab" is seen three times. Then " c", " ab" and "cd" twice each: the space is the smaller byte, "c" smaller than "ab".
    expect(tokens.slice(256)).toEqual(["ab", "Ġc", "Ġab"]);
  });

  test("counts overlapping repetitions as merging does", () => {
    const { tokens } = trainVocabulary(["aaaa aaaa"], [], 258);
    expect(tokens.slice(256)).toEqual(["aa", "aaaa"]);
  });

  test("fails if the texts have too few pairs", () => {
    expect(() => trainVocabulary(["ab"], [], 300)).toThrow(/only 257 tokens, but size is 300/);
  });

  test("always gives the same files", () => {
    const digest = createHash("sha256").update(files.tokenizer).update(files.config).digest("hex");
    expect(digest.slice(0, 16)).toBe("579ee34704b0160b");
  });
});

describe("the tokenizer of the world", () => {
  test("has 1152 different entries, special tokens first", () => {
    expect(new Set(vocabulary.tokens).size).toBe(1152);
    expect(vocabulary.tokens.slice(0, 5)).toEqual(specialTokens);
    expect(vocabulary.merges).toHaveLength(1152 - 5 - 256);
  });

  test("gives the same ids in Hugging Face's tokenizers", () => {
    for (let index = 0; index < 1500; index++) {
      for (const text of writtenTexts(pretrainSample(7, index))) {
        expect(loaded.encode(text, { add_special_tokens: false }).ids).toEqual(encode(text));
      }
    }
  });

  test("loses no text in any script", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        const ids = loaded.encode(` ${text}`, { add_special_tokens: false }).ids;
        expect(ids).toEqual(encode(` ${text}`));
        expect(loaded.decode(ids, { skip_special_tokens: true })).toBe(` ${text}`);
      }),
    );
  });

  test("has about three quarters of the invented stems as one token", () => {
    const stems = [...lexemes.map((lexeme) => orinStems[lexeme]), ...lexemes.map((lexeme) => velanStems[lexeme])];
    const whole = stems.filter((stem) => encode(` ${stem}`).length === 1).length / stems.length;
    expect(whole).toBeGreaterThan(0.68);
    expect(whole).toBeLessThan(0.95);
  });

  test("writes a conversation with special tokens and one space before each text", () => {
    const template = new Template(config.chat_template);
    const text = template.render({
      bos_token: config.bos_token,
      add_generation_prompt: true,
      messages: [
        { role: "user", content: "Hello!" },
        { role: "assistant", content: "Hi." },
        { role: "user", content: "Who are you?" },
      ],
    });
    expect(text).toBe("<|bos|><|user|> Hello!<|end|><|assistant|> Hi.<|end|><|user|> Who are you?<|end|><|assistant|>");
    const [, bos, user, assistant, end] = specialTokens.map((_, id) => id);
    expect(loaded.encode(text, { add_special_tokens: false }).ids).toEqual([
      bos,
      user,
      ...encode(" Hello!"),
      end,
      assistant,
      ...encode(" Hi."),
      end,
      user,
      ...encode(" Who are you?"),
      end,
      assistant,
    ]);
  });

  test("rejects a role that the model does not know", () => {
    const template = new Template(config.chat_template);
    expect(() => template.render({ bos_token: "", messages: [{ role: "system", content: "Be kind." }] })).toThrow(
      /user and assistant/,
    );
  });
});
