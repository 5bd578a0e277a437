/**
 * New vocabulary for a language that the tokenizer splits into small pieces (TransLLM's stage 0): letters that it lacks, and frequent
 * words and parts of words. What the tokenizer does now stays its first step, so the new merges begin where the old ones end.
 */
import { Tokenizer } from "@huggingface/tokenizers";
import { parseObject } from "../json.ts";
import { requireKnown } from "../options.ts";
import type { BaseModel } from "./chat-model.ts";
import { learnMerges } from "./piece-training.ts";
import { type Pieces, withPieces } from "./tokenizer-pieces.ts";

export type PiecesOptions = {
  /** Number of new tokens, at most. */
  readonly count: number;
  /** How often a letter or a pair must occur in the texts. Default: 2. */
  readonly least?: number;
};

/** For `extendVocabulary(base, tokens, { pieces })`. @throws if the tokenizer is not byte-pair encoding */
export function newPieces(base: BaseModel, texts: Iterable<string>, options: PiecesOptions): Pieces {
  requireKnown("newPieces(…)", options, ["count", "least"], { vocab_size: "count", min_frequency: "least" });
  const { count, least = 2 } = options;
  if (!(Number.isInteger(count) && count >= 1))
    throw new Error(`newPieces(…): "count" must be a whole number of at least 1, not ${count}.`);
  const { files } = base.tokenizer;
  const json = parseObject(files.tokenizer, `${base.name}/tokenizer.json`);
  const type = (json.model as { type?: unknown } | undefined)?.type;
  if (type !== undefined && type !== "BPE")
    throw new Error(
      `The tokenizer of ${base.name} is of the type ${type}. New pieces can be trained for byte-pair encoding (BPE) only.`,
    );
  const tokenizer = new Tokenizer(json, parseObject(files.config, `${base.name}/tokenizer_config.json`));
  const words = countedWords(texts, tokenizer);
  const letters = newLetters(words, new Set<string>(tokenizer.get_vocab(true).keys()), least).slice(0, count);
  const lettered = new Tokenizer(
    parseObject(withPieces(files, { letters, merges: [] }).files.tokenizer, base.name),
    {},
  );
  const split = [...words].flatMap(([word, times]) =>
    joinable(lettered.model!.encode([word])).map((pieces) => ({ pieces, count: times })),
  );
  const known = new Set<string>(lettered.get_vocab(true).keys());
  return { letters, merges: learnMerges(split, known, count - letters.length, least) };
}

/** The words as the tokenizer separates them, in its own letters. */
function countedWords(texts: Iterable<string>, tokenizer: Tokenizer): Map<string, number> {
  const words = new Map<string, number>();
  for (const text of texts) {
    const normalised = tokenizer.normalizer ? tokenizer.normalizer.normalize(text) : text;
    const separated = tokenizer.pre_tokenizer ? tokenizer.pre_tokenizer.pre_tokenize(normalised) : [normalised];
    // A tokenizer without words of its own, such as Llama-2's, writes spaces as ▁: a piece contains it at its beginning only.
    for (const word of separated.flatMap((part: string) => part.match(/▁*[^▁]+|▁+/gu) ?? []))
      words.set(word, (words.get(word) ?? 0) + 1);
  }
  return words;
}

/** The most frequent first. */
function newLetters(words: ReadonlyMap<string, number>, known: ReadonlySet<string>, least: number): string[] {
  const counts = new Map<string, number>();
  for (const [word, times] of words)
    for (const letter of word) if (!known.has(letter)) counts.set(letter, (counts.get(letter) ?? 0) + times);
  const frequent = [...counts].filter(([, times]) => times >= least);
  return frequent.sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)).map(([letter]) => letter);
}

/** The runs of pieces between bytes and unknown letters, across which nothing can be joined. */
function joinable(pieces: readonly string[]): string[][] {
  const runs: string[][] = [[]];
  for (const piece of pieces) {
    if (/^<(?:0x[0-9A-F]{2}|unk)>$/.test(piece)) runs.push([]);
    else runs.at(-1)!.push(piece);
  }
  return runs.filter(({ length }) => length > 1);
}
