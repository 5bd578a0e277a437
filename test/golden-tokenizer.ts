/** Checks one reference tokenizer: token ids, decoded texts and conversations must be identical. An error is the number of differences. */
import { readFile, stat } from "node:fs/promises";
import { chatTokenizer } from "../cells/model/tokenizer.ts";
import type { Message } from "../cells/types.ts";
import type { Check } from "./golden-result.ts";

type Golden = {
  readonly encode: readonly { readonly text: string; readonly ids: number[]; readonly decoded: string }[];
  readonly chat: readonly { readonly messages: Message[]; readonly text: string; readonly ids: number[] }[];
};

export async function* checkTokenizer(folder: string): AsyncGenerator<Check> {
  const read = (file: string): Promise<string> => readFile(`${folder}/${file}`, "utf8");
  const templated = await stat(`${folder}/chat_template.jinja`).catch(() => undefined);
  const tokenizer = chatTokenizer(
    {
      tokenizer: await read("tokenizer.json"),
      config: await read("tokenizer_config.json"),
      template: templated && (await read("chat_template.jinja")),
    },
    folder,
  );
  const { encode, chat } = JSON.parse(await read("golden.json")) as Golden;
  const different = (texts: readonly { readonly text: string; readonly ids: number[] }[]): number =>
    texts.filter(({ text, ids }) => tokenizer.encode(text).join() !== ids.join()).length;
  yield { name: `ids of ${encode.length} texts`, error: different(encode), limit: 0 };
  const undecoded = encode.filter(({ ids, decoded }) => tokenizer.decode(ids, "with special") !== decoded);
  yield { name: "decoded texts", error: undecoded.length, limit: 0 };
  const unlike = chat.filter(({ messages, text }) => tokenizer.render(messages) !== text);
  yield { name: `${chat.length} conversations`, error: unlike.length, limit: 0 };
  yield { name: "ids of the conversations", error: different(chat), limit: 0 };
}
