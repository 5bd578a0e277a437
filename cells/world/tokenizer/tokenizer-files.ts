/**
 * The embedded model's tokenizer: byte-level BPE with 1152 entries, trained on the world and written in the format of
 * Hugging Face tokenizers. Pure; whoever asks writes the files.
 */

import { pretrainSample, velanText } from "../mixture.ts";
import { trainVocabulary, type Vocabulary } from "./bpe.ts";
import { chatTemplate, specialTokens, writtenTexts } from "./chat-format.ts";

const vocabularySize = 1152;
const corpusSize = 40_000;
const corpusSeed = 0;

/** The mixture with every eighth sample Velan text: rare in the mixture, its stems would otherwise stay in pieces. */
function* corpus(): Generator<string> {
  for (let index = 0; index < corpusSize; index++) {
    yield* writtenTexts(index % 8 === 7 ? velanText(corpusSeed, index) : pretrainSample(corpusSeed, index));
  }
}

/** Trains the vocabulary of the embedded model; always the same one. */
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

/** The two files that make a vocabulary loadable by Hugging Face's tokenizers and transformers. */
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
  const [pad, bos, , , end] = specialTokens;
  const config = {
    tokenizer_class: "PreTrainedTokenizerFast",
    bos_token: bos,
    eos_token: end,
    pad_token: pad,
    add_bos_token: false,
    clean_up_tokenization_spaces: false,
    model_max_length: 512,
    chat_template: chatTemplate,
  };
  return { tokenizer: json(tokenizer), config: json(config) };
}
