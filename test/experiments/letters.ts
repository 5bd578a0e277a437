/** A tokenizer for model folders of tests, in Hugging Face's files: each printable ASCII character is a token, and so is the line break. */

export const letterConfig = {
  tokenizer_class: "PreTrainedTokenizerFast",
  bos_token: "<s>",
  eos_token: "</s>",
  clean_up_tokenization_spaces: false,
  chat_template:
    "{{ bos_token }}{% for message in messages %}[{{ message['role'][0] }}]{{ message['content'] }}{{ eos_token }}{% endfor %}{% if add_generation_prompt %}[a]{% endif %}",
};

/** `tokenizer.json`. @param size of the vocabulary; beyond the letters it has words that no text contains */
export function letterTokenizer(size = 0): string {
  const special = ["<pad>", "<s>", "</s>"];
  const characters = [...Array.from({ length: 95 }, (_, at) => String.fromCharCode(32 + at)), "\n"];
  const tokens = [...special, ...characters];
  for (let id = tokens.length; id < size; id += 1) tokens.push(`w${id}`);
  const flags = { special: true, lstrip: false, rstrip: false, normalized: false, single_word: false };
  const vocab = Object.fromEntries(tokens.map((token, id) => [token, id]));
  return JSON.stringify({
    version: "1.0",
    added_tokens: special.map((content, id) => ({ id, content, ...flags })),
    normalizer: null,
    pre_tokenizer: null,
    post_processor: null,
    decoder: { type: "Fuse" },
    model: { type: "BPE", vocab, merges: [], unk_token: null, byte_fallback: false },
  });
}
