/**
 * The chat format of the world's model: special tokens around each text, and one space before it, so that a word has the same token
 * at the beginning of a message as inside it.
 */
import type { Sample } from "../../types.ts";

export const specialTokens = ["<|pad|>", "<|bos|>", "<|user|>", "<|assistant|>", "<|end|>"] as const;

/** The template writes this before the text of every message. */
export const lead = " ";

/** The format as a Hugging Face chat template. `<|bos|>` begins the conversation, not each turn. */
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

/** The texts of a sample, as they are encoded between special tokens. */
export function writtenTexts({ prompt, segments }: Sample): string[] {
  return [
    ...prompt.map(({ content }) => lead + content),
    ...segments.map(({ text }, index) => (index === 0 ? lead + text : text)),
  ];
}
