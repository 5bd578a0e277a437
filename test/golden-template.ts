/**
 * Checks a chat template with the results of transformers: the text and ids of prompts and of whole conversations, the part of the
 * conversation to which each token belongs, and that training and generation read the same prompt. An error is the number of differences.
 */
import { readFile } from "node:fs/promises";
import { encodePrompt, encodeSample } from "../cells/model/encoding.ts";
import { type ChatTokenizer, chatTokenizer, type TokenizerFiles } from "../cells/model/tokenizer.ts";
import type { Message, Sample } from "../cells/types.ts";
import type { Check } from "./golden-result.ts";

/** `owners` says for each token which of `texts` it belongs to: −1 for the prompt, one more than the last for the end of the turn. */
type Golden = {
  readonly tokenizer: string;
  readonly added: readonly { readonly content: string; readonly special: boolean }[];
  readonly bos_token: string | null;
  readonly eos_token: string;
  readonly samples: readonly (
    | { readonly messages: Message[]; readonly texts: string[]; readonly throws: string }
    | {
        readonly messages: Message[];
        readonly texts: string[];
        readonly prompt: string;
        readonly promptIds: number[];
        readonly text: string;
        readonly ids: number[];
        readonly owners: number[];
      }
  )[];
};

export async function* checkTemplate(folder: string): AsyncGenerator<Check> {
  const golden = JSON.parse(await readFile(`${folder}/golden.json`, "utf8")) as Golden;
  const tokenizer = chatTokenizer(await templateFiles(folder), folder);
  const wrong = { prompts: 0, ids: 0, owners: 0, beginnings: 0, refusals: 0 };
  for (const sample of golden.samples) {
    if ("throws" in sample) {
      wrong.refusals += Number(!refuses(tokenizer, sample.messages, sample.throws));
      continue;
    }
    const { messages, texts, prompt, promptIds } = sample;
    const ids = encodePrompt(tokenizer, { messages });
    wrong.prompts += Number(tokenizer.render(messages) !== prompt || ids.join() !== promptIds.join());
    const encoded = encodeSample(tokenizer, sampleOf(messages, texts));
    wrong.ids += Number(encoded.ids.join() !== sample.ids.join());
    // The weights say which text a token belongs to; the end of the turn belongs to the last one.
    const owners = encoded.ids.map(
      (_, at) => (encoded.spans.find(({ from, to }) => from <= at && at < to)?.weight ?? 0) - 1,
    );
    const wanted = sample.owners.map((owner) => Math.min(owner, texts.length - 1));
    wrong.owners += Number(owners.join() !== wanted.join());
    wrong.beginnings += Number(encoded.ids.slice(0, ids.length).join() !== ids.join());
  }
  yield { name: "generation prompts", error: wrong.prompts, limit: 0 };
  yield { name: "ids of whole conversations", error: wrong.ids, limit: 0 };
  yield { name: "parts to which tokens belong", error: wrong.owners, limit: 0 };
  yield { name: "training begins with the generation prompt", error: wrong.beginnings, limit: 0 };
  yield { name: "what the template refuses", error: wrong.refusals, limit: 0 };
}

/** The texts as segments whose weights number them. */
export function sampleOf(prompt: readonly Message[], texts: readonly string[]): Sample {
  const segments = texts.map((text, at) => ({ role: "answer", origin: "data", text, weight: at + 1 }) as const);
  return { prompt, segments, endTurn: true };
}

/** A reference tokenizer with the template's own tokens after its own. */
export async function templateFiles(folder: string): Promise<TokenizerFiles> {
  const golden = JSON.parse(await readFile(`${folder}/golden.json`, "utf8")) as Golden;
  const base = `${folder}/../../metrics/tokenizer-${golden.tokenizer}`;
  const json = JSON.parse(await readFile(`${base}/tokenizer.json`, "utf8"));
  const own = json.added_tokens as { id: number; content: string }[];
  const listed: number[] = Object.values(json.model.vocab as Record<string, number>);
  const first = 1 + Math.max(...own.map(({ id }) => id), ...listed);
  const flags = { single_word: false, lstrip: false, rstrip: false, normalized: false };
  // A real Llama tokenizer does not list its byte tokens as added tokens.
  json.added_tokens = [
    ...own.filter(({ content }) => !content.startsWith("<0x")),
    ...golden.added.map((token, at) => ({ id: first + at, ...token, ...flags })),
  ];
  const { bos_token, eos_token } = golden;
  return {
    tokenizer: JSON.stringify(json),
    config: JSON.stringify({ bos_token, eos_token }),
    template: await readFile(`${folder}/chat_template.jinja`, "utf8"),
  };
}

function refuses(tokenizer: ChatTokenizer, messages: readonly Message[], reason: string): boolean {
  try {
    encodePrompt(tokenizer, { messages });
    return false;
  } catch (error) {
    return String(error).includes(reason.replace(/\.+$/, ""));
  }
}
