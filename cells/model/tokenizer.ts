/**
 * Text to token ids and back, and a conversation to the text that the model was trained to read. All of it comes from the files
 * of the model's folder.
 */
import { Tokenizer } from "@huggingface/tokenizers";
import { parseObject } from "../json.ts";
import type { Message } from "../types.ts";
import { chatTemplate, specialToken } from "./chat-template.ts";
import { turnFormat } from "./turn-format.ts";

export type TokenizerFiles = {
  /** `tokenizer.json` */
  readonly tokenizer: string;
  /** `tokenizer_config.json` */
  readonly config: string;
  /** `chat_template.jinja`, if the template is not inside the config. */
  readonly template?: string | undefined;
};

export interface ChatTokenizer {
  /** Recognises special tokens in the text and adds none. */
  encode(text: string): number[];
  /** Leaves special tokens out by default. */
  decode(ids: readonly number[], special?: "with special"): string;
  /** The conversation as the template writes it, up to the beginning of the assistant's turn. */
  render(messages: readonly Message[]): string;
  /** What the template writes between the beginning of the assistant's turn and its text; one space in the embedded model. */
  readonly lead: string;
  /** The tokens after the assistant's text, up to and including the one that ends the turn. */
  readonly trail: readonly number[];
  /** The token that ends the assistant's turn. */
  readonly endOfTurn: number | undefined;
  /** The beginning-of-sequence token, if the tokenizer has one. Plain text without turns begins with it. */
  readonly begin: number | undefined;
  /** One more than the highest token id. */
  readonly size: number;
  /** The files that this was read from, to save them beside a model. */
  readonly files: TokenizerFiles;
}

/** @param where names the folder in errors @throws if a file is invalid, or the template is missing or not usable. */
export function chatTokenizer(files: TokenizerFiles, where: string): ChatTokenizer {
  const config = parseObject(files.config, `${where}/tokenizer_config.json`);
  const tokenizer = new Tokenizer(parseObject(files.tokenizer, `${where}/tokenizer.json`), config);
  const encode = (text: string): number[] =>
    text === "" ? [] : tokenizer.encode(text, { add_special_tokens: false }).ids;
  const idOf = (token: string | undefined): number | undefined => (token ? tokenizer.token_to_id(token) : undefined);
  const render = chatTemplate(config, files.template, where);
  const added = tokenizer.get_added_tokens_decoder();
  const isSpecial = (id: number): boolean => added.get(id)?.special === true;
  const { lead, trail, endOfTurn } = turnFormat(render, encode, isSpecial, where);
  return {
    encode,
    decode: (ids, special) =>
      ids.length === 0
        ? ""
        : tokenizer.decode([...ids], { skip_special_tokens: !special, clean_up_tokenization_spaces: false }),
    render: (messages) => render(messages, "generation prompt"),
    lead,
    trail,
    endOfTurn: endOfTurn ?? idOf(specialToken(config, "eos_token")),
    begin: idOf(specialToken(config, "bos_token")),
    size: sizeOf(tokenizer),
    files,
  };
}

/** Ids may have gaps, so the number of tokens does not tell. */
function sizeOf(tokenizer: Tokenizer): number {
  return [...tokenizer.get_vocab(true).values()].reduce((size, id) => Math.max(size, id + 1), 0);
}
