/**
 * How the embedded model's conversations are written: special tokens around each text, one space before it and nothing
 * else, so that a word has the same token at the start of a message as inside it.
 */
import type { Sample } from "../../types.ts";

export const specialTokens = ["<|pad|>", "<|bos|>", "<|user|>", "<|assistant|>", "<|end|>"] as const;

/** Put before every message text by the template. */
export const lead = " ";

/** The same format as a Hugging Face chat template. `<|bos|>` opens the conversation, not each turn. */
export const chatTemplate = [
  "{{- bos_token -}}",
  "{%- for message in messages -%}",
  "{%- if message['role'] not in ['user', 'assistant'] -%}",
  "{{- raise_exception('This model knows the roles user and assistant only.') -}}",
  "{%- endif -%}",
  "{{- '<|' + message['role'] + '|> ' + message['content'] + '<|end|>' -}}",
  "{%- endfor -%}",
  "{%- if add_generation_prompt -%}{{- '<|assistant|>' -}}{%- endif -%}",
].join("");

/** The texts of a sample as they are encoded between its special tokens. */
export function writtenTexts({ prompt, segments }: Sample): string[] {
  return [
    ...prompt.map(({ content }) => lead + content),
    ...segments.map(({ text }, index) => (index === 0 ? lead + text : text)),
  ];
}
