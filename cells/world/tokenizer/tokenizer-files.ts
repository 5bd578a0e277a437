/**
 * The tokenizer of the world's model: byte-level BPE with 1152 entries, trained on the world's texts, in the format of Hugging Face
 * tokenizers. The functions return the contents of the files and write nothing.
 */

import { pretrainSample, velanText } from "../mixture.ts";
import { trainVocabulary, type Vocabulary } from "./bpe.ts";
import { chatTemplate, specialTokens, writtenTexts } from "./chat-format.ts";

const vocabularySize = 1152;
const corpusSize = 40_000;
const corpusSeed = 0;

/** The mixture, with Velan text in place of every eighth sample: Velan is rare in the mixture, and its stems would not become tokens. */
function* corpus(): Generator<string> {
  for (let index = 0; index < corpusSize; index++) {
    yield* writtenTexts(index % 8 === 7 ? velanText(corpusSeed, index) : pretrainSample(corpusSeed, index));
  }
}

/** Trains the vocabulary of the world's model; it is always the same. */
export const trainWorldVocabulary = (): Vocabulary => trainVocabulary(corpus(), specialTokens, vocabularySize);

const addedToken = (content: string, id: number) => ({
  id,
  content,
  single_word: false,
  lstrip: false,
  rstrip: false,
  normalized: false,
  special: true,
});

const json = (value: unknown): string => `${JSON.stringify(value, null, 1)}\n`;

/** The contents of `tokenizer.json` and `tokenizer_config.json`, for Hugging Face's tokenizers and transformers. */
export function tokenizerFiles({ tokens, merges }: Vocabulary): {
  readonly tokenizer: string;
  readonly config: string;
} {
  const byteLevel = { type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: true };
  const tokenizer = {
    version: "1.0",
    truncation: null,
    padding: null,
    added_tokens: specialTokens.map(addedToken),
    normalizer: null,
    pre_tokenizer: byteLevel,
    post_processor: null,
    decoder: byteLevel,
    model: {
      type: "BPE",
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: false,
      byte_fallback: false,
      ignore_merges: false,
      vocab: Object.fromEntries(tokens.map((token, id) => [token, id])),
      merges: merges.map(([left, right]) => [tokens[left], tokens[right]]),
    },
  };
  const config = {
    tokenizer_class: "PreTrainedTokenizerFast",
    bos_token: "<|bos|>",
    eos_token: "<|end|>",
    pad_token: "<|pad|>",
    add_bos_token: false,
    clean_up_tokenization_spaces: false,
    model_max_length: 512,
    chat_template: chatTemplate,
  };
  return { tokenizer: json(tokenizer), config: json(config) };
}
