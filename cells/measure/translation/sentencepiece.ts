/**
 * A SentencePiece model as the tokenizer of BLEU, which makes it spBLEU (Goyal et al. 2022, https://arxiv.org/abs/2106.03193). With the
 * models that sacreBLEU downloads (`flores101`, `flores200`), scores and signatures are the same as sacreBLEU's.
 */
import { host } from "../../host.ts";
import type { NamedTokenizer } from "./bleu-tokenizers.ts";

export type SentencePiece = NamedTokenizer & {
  pieces(text: string): string[];
  ids(text: string): number[];
};

/**
 * @param path a `.model` file
 * @param name the name in signatures; default: the file's name without its ending
 * @throws if the file is not a SentencePiece model
 */
export async function sentencePiece(path: string, name = nameOf(path)): Promise<SentencePiece> {
  const bytes = await host().readFile(path);
  const { processorOf } = await import("./sentencepiece/processor.ts");
  const processor = await processorOf(bytes);
  if (processor.encodePieces("a").length === 0)
    throw new Error(
      `${path} is not a SentencePiece model. Give the ".model" file that the training of SentencePiece wrote.`,
    );
  const pieces = (text: string): string[] => processor.encodePieces(text);
  return {
    name,
    pieces,
    ids: (text) => processor.encodeIds(text),
    tokenize: (sentence) => pieces(sentence).join(" "),
  };
}

const nameOf = (path: string): string => path.replace(/^.*[/\\]/, "").replace(/\.model$/, "");
