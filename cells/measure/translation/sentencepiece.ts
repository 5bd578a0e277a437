/**
 * A user's SentencePiece model as a tokenizer of BLEU: that is spBLEU (Goyal et al. 2022, https://arxiv.org/abs/2106.03193).
 * With the models that sacreBLEU downloads (`flores101`, `flores200`) scores and signatures are its own.
 */
import { host } from "../../host.ts";
import type { OwnTokenizer } from "./bleu-tokenizers.ts";

export type SentencePiece = OwnTokenizer & {
  pieces(text: string): string[];
  ids(text: string): number[];
};

/**
 * @param path a `.model` file
 * @param name as the signature shall have it; the file's name without its ending unless given
 * @throws if the file is no SentencePiece model.
 */
export async function sentencePiece(path: string, name = nameOf(path)): Promise<SentencePiece> {
  const bytes = await host().readFile(path);
  const { processorOf } = await import("./sentencepiece/processor.ts");
  const processor = await processorOf(bytes);
  if (processor.encodePieces("a").length === 0)
    throw new Error(`${path} is no SentencePiece model. Give the ".model" file that its training wrote.`);
  const pieces = (text: string): string[] => processor.encodePieces(text);
  return {
    name,
    pieces,
    ids: (text) => processor.encodeIds(text),
    tokenize: (sentence) => pieces(sentence).join(" "),
  };
}

const nameOf = (path: string): string => path.replace(/^.*[/\\]/, "").replace(/\.model$/, "");
