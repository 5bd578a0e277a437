/** A model's chat template (Jinja), which writes a conversation as text. */
import { Template } from "@huggingface/jinja";
import type { JsonObject } from "../json.ts";
import type { Message } from "../types.ts";

/** Writes a conversation: up to its last turn, or up to the beginning of the assistant's next turn. */
export type Render = (messages: readonly Message[], end: "last turn" | "generation prompt") => string;

/**
 * @param config of `tokenizer_config.json`
 * @param template of `chat_template.jinja`, if there is one
 * @throws if neither holds a template.
 */
export function chatTemplate(config: JsonObject, template: string | undefined, where: string): Render {
  const compiled = new Template(template ?? templateOf(config, where));
  const names = ["bos_token", "eos_token", "pad_token", "unk_token"];
  const tokens = Object.fromEntries(names.map((name) => [name, specialToken(config, name) ?? ""]));
  return (messages, end) =>
    compiled.render({ ...tokens, messages, add_generation_prompt: end === "generation prompt" });
}

/** The text of a special token such as `eos_token`. */
export function specialToken(config: JsonObject, name: string): string | undefined {
  const token = config[name];
  if (typeof token === "string") return token;
  return typeof token === "object" && token !== null && "content" in token ? String(token.content) : undefined;
}

/** The template inside `tokenizer_config.json`: a string, or the one named `default` in a list. */
function templateOf(config: JsonObject, where: string): string {
  const template = config.chat_template;
  if (typeof template === "string") return template;
  const named = Array.isArray(template) ? (template as { name: string; template: string }[]) : [];
  const chosen = named.find(({ name }) => name === "default")?.template;
  if (chosen) return chosen;
  throw new Error(
    `${where} has no chat template: neither chat_template.jinja nor chat_template in tokenizer_config.json. ` +
      "Palimpsest fine-tunes chat models; use the instruction-tuned variant of the model.",
  );
}
