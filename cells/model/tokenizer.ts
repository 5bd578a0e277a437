/**
 * Text to token ids and back, and a conversation to the text that the model was trained to read. All of it comes from the files
 * of the model's folder.
 */
import { Tokenizer } from "@huggingface/tokenizers";
import { parseObject } from "../json.ts";
import type { Message } from "../types.ts";
import { type ChatTemplate, chatTemplate, specialToken } from "./chat-template.ts";
import { type Place, tokenPlaces } from "./offsets.ts";
import type { TemplateSettings } from "./template-settings.ts";
import { faithfulTokenizer } from "./tokenizer-parts.ts";
import { type TurnFormat, turnFormat } from "./turn-format.ts";

export type TokenizerFiles = {
  /** `tokenizer.json` */
  readonly tokenizer: string;
  /** `tokenizer_config.json` */
  readonly config: string;
  /** `chat_template.jinja`, if the template is not inside the config. */
  readonly template?: string | undefined;
};

/**
 * How the parts of a conversation become tokens. `"joint"`: the whole conversation at once, as a model was trained; a token may
 * contain the end of one part and the beginning of the next. `"pieces"`: each part separately, so that a reference has the same tokens
 * with and without a rationale after it.
 */
export type Encoding = "joint" | "pieces";

export type TokenizerSettings = {
  /** Default: `"joint"`. */
  readonly encoding?: Encoding | undefined;
  /** Arguments of the chat template. */
  readonly template?: TemplateSettings | undefined;
};

export interface ChatTokenizer extends Omit<TurnFormat, "closing"> {
  readonly encoding: Encoding;
  /** What the chat template gets beside the conversation, defaults included. */
  readonly template: TemplateSettings;
  /** The settings that it was made with, for another tokenizer of the same model. */
  readonly settings: TokenizerSettings;
  /** Recognises special tokens in the text and adds none. */
  encode(text: string): number[];
  /** The same, with the place of each token in the text. @throws if the places cannot be found */
  locate(text: string): { readonly ids: number[]; readonly places: readonly Place[] };
  /** Leaves special tokens out by default. */
  decode(ids: readonly number[], special?: "with special"): string;
  /** The text that tokens add after others. A tokenizer that writes a space before each text does not do it there. */
  decodeAfter(before: readonly number[], ids: readonly number[]): string;
  /** The text of one token inside a text, with its own space. */
  textOf(id: number): string;
  /** The conversation as the template writes it, up to the beginning of the assistant's text. */
  render(messages: readonly Message[]): string;
  /** A complete conversation, with the assistant's turn at its end. */
  renderWhole(messages: readonly Message[]): string;
  /** Whether the model may write a think block before its answer. */
  readonly thinks: boolean;
  /** The beginning-of-sequence token, if the tokenizer has one. With `"pieces"`, plain text without turns begins with it. */
  readonly begin: number | undefined;
  /** The tokens that the tokenizer itself puts before and after a text. */
  readonly around: { readonly before: readonly number[]; readonly after: readonly number[] };
  /** The end-of-sequence token, if the tokenizer has one. */
  readonly end: number | undefined;
  /** One more than the highest token id. */
  readonly size: number;
  /** The files that this was read from, to save them beside a model. */
  readonly files: TokenizerFiles;
}

/** @param where names the folder in errors @throws if a file is invalid, or the template is missing or not usable. */
export function chatTokenizer(files: TokenizerFiles, where: string, settings: TokenizerSettings = {}): ChatTokenizer {
  const { encoding = "joint", template: given = {} } = settings;
  const config = parseObject(files.config, `${where}/tokenizer_config.json`);
  const json = parseObject(files.tokenizer, `${where}/tokenizer.json`);
  const tokenizer = new Tokenizer(faithfulTokenizer(json, `${where}/tokenizer.json`), config);
  const encode = (text: string): number[] =>
    text === "" ? [] : tokenizer.encode(text, { add_special_tokens: false }).ids;
  const idOf = (token: string | undefined): number | undefined => (token ? tokenizer.token_to_id(token) : undefined);
  const template = chatTemplate(config, files.template, given, where);
  const added = tokenizer.get_added_tokens_decoder();
  const decode = (ids: readonly number[], special?: "with special"): string =>
    ids.length === 0
      ? ""
      : tokenizer.decode([...ids], { skip_special_tokens: !special, clean_up_tokenization_spaces: false });
  const specialText = (id: number): string | undefined => {
    const token = added.get(id);
    return token?.special === true ? token.content : undefined;
  };
  const thinking = template.arguments.enable_thinking === true ? "on" : "off";
  const { closing, ...format } = turnFormat(template.render, thinking, encode, specialText, where);
  const decodeAfter = decoderAfter(decode, encode, (id) => added.has(id));
  const letter = encode("a").slice(-1);
  return {
    ...format,
    encoding,
    template: template.arguments,
    settings: { encoding, template: given },
    encode,
    locate: locator(tokenizer, JSON.stringify([json.pre_tokenizer, json.decoder]).includes('"ByteLevel"'), where),
    decode,
    decodeAfter,
    textOf: (id) => (added.has(id) ? decode([id], "with special") : decodeAfter(letter, [id])),
    ...rendering(template, closing),
    endOfTurn: format.endOfTurn ?? idOf(specialToken(config, "eos_token")),
    begin: idOf(specialToken(config, "bos_token")),
    end: idOf(specialToken(config, "eos_token")),
    around: aroundOf(tokenizer),
    size: sizeOf(tokenizer),
    files,
  };
}

function rendering(
  { render, thinks }: ChatTemplate,
  closing: string,
): Pick<ChatTokenizer, "render" | "renderWhole" | "thinks"> {
  return {
    render: (messages) => render(messages, "generation prompt") + closing,
    renderWhole: (messages) => render(messages, "last turn"),
    thinks,
  };
}

function locator(tokenizer: Tokenizer, byteLevel: boolean, where: string): ChatTokenizer["locate"] {
  const form = {
    byteLevel,
    added: new Set([...tokenizer.get_added_tokens_decoder().values()].map(({ content }) => content)),
    unknown: tokenizer.model?.unk_token,
  };
  return (text) => {
    if (text === "") return { ids: [], places: [] };
    const { ids, tokens } = tokenizer.encode(text, { add_special_tokens: false });
    const places = tokenPlaces(text, tokens, form);
    if (places) return { ids, places };
    throw new Error(
      `The tokenizer of ${where} changes the text "${text.length > 60 ? `${text.slice(0, 60)}…` : text}" in a way that hides ` +
        'where its parts are. Load the model with chatModel(…, { encoding: "pieces" }), which encodes each part separately.',
    );
  };
}

/** A tokenizer that puts a space before a text also puts it after an added token, and removes it when it decodes. */
function decoderAfter(
  decode: ChatTokenizer["decode"],
  encode: ChatTokenizer["encode"],
  isAdded: (id: number) => boolean,
): ChatTokenizer["decodeAfter"] {
  const letter = encode("a").slice(-1);
  const letterText = decode(letter);
  return (before, ids) => {
    const last = before.at(-1);
    if (last === undefined || letterText === "" || isAdded(last)) return decode(ids);
    const text = decode([...letter, ...ids]);
    return text.startsWith(letterText) ? text.slice(letterText.length) : decode(ids);
  };
}

function aroundOf(tokenizer: Tokenizer): ChatTokenizer["around"] {
  const plain = tokenizer.encode("a", { add_special_tokens: false }).ids;
  const whole = tokenizer.encode("a", { add_special_tokens: true }).ids;
  const at = whole.findIndex((_: number, start: number) =>
    plain.every((id: number, place: number) => whole[start + place] === id),
  );
  return { before: whole.slice(0, Math.max(0, at)), after: whole.slice(Math.max(0, at) + plain.length) };
}

/** Ids may have gaps, so the number of tokens does not tell. */
function sizeOf(tokenizer: Tokenizer): number {
  return [...tokenizer.get_vocab(true).values()].reduce((size, id) => Math.max(size, id + 1), 0);
}
