/**
 * Text to token ids and back, and a conversation to the text that the model was taught to read. Both come from the
 * files of the model's folder; the chat template decides what stands around an assistant's turn, and we find that out
 * by rendering it once with a marker instead of knowing templates by name.
 */
import { Template } from "@huggingface/jinja";
import { Tokenizer } from "@huggingface/tokenizers";
import type { Message } from "../types.ts";
import { parseObject } from "./json.ts";

export type TokenizerFiles = {
  /** `tokenizer.json` */
  readonly tokenizer: string;
  /** `tokenizer_config.json` */
  readonly config: string;
  /** `chat_template.jinja`, where the template is not inside the config. */
  readonly template?: string | undefined;
};

export interface ChatTokenizer {
  /** Special tokens in the text are recognised; none is added. */
  encode(text: string): number[];
  /** Special tokens are left out unless asked for. */
  decode(ids: readonly number[], special?: "with special"): string;
  /** The conversation as the template writes it, up to where the assistant begins. */
  render(messages: readonly Message[]): string;
  /** What the template puts between the beginning of the assistant's turn and its text; one space in our own model. */
  readonly lead: string;
  /** What ends the assistant's turn, up to and with the token at which generation stops. */
  readonly trail: readonly number[];
  readonly endOfTurn: number | undefined;
  /** What a text without turns begins with, if the tokenizer has such a token. */
  readonly begin: number | undefined;
  /** One more than the highest token id. */
  readonly size: number;
  /** What it was read from, to be written beside a model. */
  readonly files: TokenizerFiles;
}

const marker = "⟦marker⟧";

/** @throws if a file is not what it should be, or the template does not write an assistant's turn after its beginning. */
export function chatTokenizer(files: TokenizerFiles, where: string): ChatTokenizer {
  const config = parseObject(files.config, `${where}/tokenizer_config.json`);
  const tokenizer = new Tokenizer(parseObject(files.tokenizer, `${where}/tokenizer.json`), config);
  const template = new Template(files.template ?? templateOf(config, where));
  const special = (name: string): string | undefined => {
    const token = config[name];
    if (typeof token === "string") return token;
    return typeof token === "object" && token !== null && "content" in token ? String(token.content) : undefined;
  };
  const tokens = Object.fromEntries(
    ["bos_token", "eos_token", "pad_token", "unk_token"].map((name) => [name, special(name) ?? ""]),
  );
  const render = (messages: readonly Message[], generationPrompt: boolean): string =>
    template.render({ ...tokens, messages, add_generation_prompt: generationPrompt });
  const encode = (text: string): number[] =>
    text === "" ? [] : tokenizer.encode(text, { add_special_tokens: false }).ids;
  const idOf = (token: string | undefined): number | undefined => (token ? tokenizer.token_to_id(token) : undefined);

  const question: Message[] = [{ role: "user", content: "x" }];
  const opening = render(question, true);
  const turn = render([...question, { role: "assistant", content: marker }], false);
  const at = turn.indexOf(marker);
  if (at < 0 || !turn.startsWith(opening) || at < opening.length) {
    throw new Error(`The chat template of ${where} does not write an assistant's turn behind its generation prompt.`);
  }
  const added = tokenizer.get_added_tokens_decoder();
  const after = encode(turn.slice(at + marker.length));
  const end = after.findIndex((id) => added.get(id)?.special === true);
  return {
    encode,
    files,
    decode: (ids, special) =>
      ids.length === 0
        ? ""
        : tokenizer.decode([...ids], { skip_special_tokens: !special, clean_up_tokenization_spaces: false }),
    render: (messages) => render(messages, true),
    lead: turn.slice(opening.length, at),
    trail: end < 0 ? after : after.slice(0, end + 1),
    endOfTurn: end < 0 ? idOf(special("eos_token")) : after[end],
    begin: idOf(special("bos_token")),
    size: [...tokenizer.get_vocab(true).values()].reduce((size, id) => Math.max(size, id + 1), 0),
  };
}

/** The template inside `tokenizer_config.json`: a string, or a list of named ones of which the default counts. */
function templateOf(config: Readonly<Record<string, unknown>>, where: string): string {
  const found = config.chat_template;
  if (typeof found === "string") return found;
  const named = Array.isArray(found) ? (found as { name: string; template: string }[]) : [];
  const chosen = named.find(({ name }) => name === "default")?.template;
  if (chosen) return chosen;
  throw new Error(
    `${where} has no chat template: neither chat_template.jinja nor a chat_template in tokenizer_config.json. ` +
      "Palimpsest fine-tunes chat models; take the instruction-tuned variant of the model.",
  );
}
