/** A model's chat template (Jinja), which writes a conversation as text. Its errors name the model, the file and what to do. */
import { Template } from "@huggingface/jinja";
import type { JsonObject } from "../json.ts";
import type { Message } from "../types.ts";
import { pythonFunctions, withPython } from "./template-python.ts";
import { type TemplateSettings, templateArguments } from "./template-settings.ts";

/** Writes a conversation: up to its last turn, or up to the beginning of the assistant's next turn. */
export type Render = (messages: readonly Message[], end: "last turn" | "generation prompt") => string;

export type ChatTemplate = {
  readonly render: Render;
  /** What the template gets beside the conversation, defaults included. */
  readonly arguments: TemplateSettings;
  /** Whether the template has think blocks. */
  readonly thinks: boolean;
};

/**
 * @param config of `tokenizer_config.json`
 * @param template of `chat_template.jinja`, if there is one
 * @throws if neither holds a template, or Palimpsest cannot read it.
 */
export function chatTemplate(
  config: JsonObject,
  template: string | undefined,
  given: TemplateSettings,
  where: string,
): ChatTemplate {
  const source = template ?? templateOf(config, where);
  const file =
    template === undefined ? `chat_template in ${where}/tokenizer_config.json` : `${where}/chat_template.jinja`;
  const settings = templateArguments(source, given, where);
  const { system, ...passed } = settings;
  const compiled = withReason(file, () => withPython(new Template(source)));
  const names = ["bos_token", "eos_token", "pad_token", "unk_token"];
  const tokens = Object.fromEntries(names.map((name) => [name, specialToken(config, name) ?? ""]));
  const context = {
    ...tokens,
    ...passed,
    ...pythonFunctions(String(settings.date_string)),
  };
  // Some templates prefer a date_string, so it is passed only where it was given.
  if (given.date_string === undefined) Reflect.deleteProperty(context, "date_string");
  return {
    arguments: settings,
    thinks: source.includes("<think>"),
    render: (messages, end) => {
      const first: Message[] =
        typeof system === "string" && messages[0]?.role !== "system" ? [{ role: "system", content: system }] : [];
      const conversation = [...first, ...messages];
      return withReason(file, () =>
        compiled.render({ ...context, messages: conversation, add_generation_prompt: end === "generation prompt" }),
      );
    },
  };
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

/** What a template throws by itself (`raise_exception`) is about the conversation; what the library throws is about the template. */
function withReason<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    const reason = (error instanceof Error ? error.message : String(error)).replace(/\.$/, "");
    const isOurs =
      error instanceof SyntaxError || /^(Unknown|Cannot|Unsupported|Expected|Parser|Missing)\b/.test(reason);
    const wayOut = isOurs
      ? "Palimpsest does not know a few rare parts of Jinja. Write this place of the template another way, in a chat_template.jinja " +
        "beside the model."
      : "Change the conversation (its roles, their order, a system turn), or put a chat_template.jinja that allows it beside the model.";
    throw new Error(`The chat template of the model, ${file}, stopped with: ${reason}. ${wayOut}`);
  }
}
