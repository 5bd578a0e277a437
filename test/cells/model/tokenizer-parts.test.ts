import { readFileSync } from "node:fs";
import { Tokenizer } from "@huggingface/tokenizers";
import { describe, expect, it } from "vitest";
import { chatTokenizer } from "../../../cells/model/tokenizer.ts";
import { faithfulTokenizer } from "../../../cells/model/tokenizer-parts.ts";
import { goldenFolder } from "./golden.ts";
import { tinyTokenizer } from "./tiny.ts";

/** The pieces into which Hugging Face's tokenizers split texts. */
const golden = JSON.parse(readFileSync(goldenFolder("tokenizer-parts.json"), "utf8")) as {
  texts: string[];
  kinds: { name: string; pre_tokenizer: object; pieces: string[][] }[];
};

/** A tokenizer whose tokens are the pieces. */
function wordTokenizer(pre_tokenizer: object, pieces: string[][]): Tokenizer {
  const vocab = Object.fromEntries([...new Set(pieces.flat())].map((piece, id) => [piece, id]));
  const model = { type: "BPE", vocab, merges: [], unk_token: null, ignore_merges: true };
  const json = { model, pre_tokenizer, normalizer: null, post_processor: null, decoder: null, added_tokens: [] };
  return new Tokenizer(faithfulTokenizer(json, "x"), {});
}

describe("a pre-tokenizer", () => {
  it.each(golden.kinds)("splits texts as Hugging Face's does: $name", ({ pre_tokenizer, pieces }) => {
    const tokenizer = wordTokenizer(pre_tokenizer, pieces);
    for (const [at, text] of golden.texts.entries()) expect(tokenizer.tokenize(text)).toEqual(pieces[at]);
  });
});

describe("a part of tokenizer.json that would be computed wrongly", () => {
  const changed = (change: object): (() => unknown) => {
    const tokenizer = JSON.stringify({ ...JSON.parse(tinyTokenizer.tokenizer), ...change });
    return () => chatTokenizer({ ...tinyTokenizer, tokenizer }, "models/x");
  };
  const added = JSON.parse(tinyTokenizer.tokenizer).added_tokens as object[];

  it("is refused by name, with its file", () => {
    const word = { id: 600, content: "art", single_word: true, special: false };
    expect(changed({ added_tokens: [...added, word] })).toThrow(
      /models\/x\/tokenizer\.json uses parts .*single_word of the added token "art"/,
    );
    expect(changed({ normalizer: { type: "Nmt" } })).toThrow(/the normalizer Nmt/);
    const precompiled = {
      type: "Sequence",
      normalizers: [{ type: "NFC" }, { type: "Precompiled", precompiled_charsmap: "AA" }],
    };
    expect(changed({ normalizer: precompiled })).toThrow(/the normalizer Precompiled/);
    const inverted = { type: "Split", pattern: { String: "-" }, behavior: "MergedWithNext", invert: true };
    expect(changed({ pre_tokenizer: inverted })).toThrow(/a Split with MergedWithNext and invert/);
    expect(changed({ pre_tokenizer: { type: "UnicodeScripts" } })).toThrow(/the pre-tokenizer UnicodeScripts/);
  });
});
