/**
 * Adds pieces to a tokenizer's files as its own vocabulary, not as added tokens: a piece is part of words and follows the tokenizer's
 * rules about spaces. The ids are those that the tokenizers library gives when it reads the files.
 */
import { isRecord, parseObject } from "../json.ts";
import type { Merge } from "./piece-training.ts";
import type { TokenizerFiles } from "./tokenizer.ts";

export type Pieces = {
  /** Letters that the tokenizer writes as bytes or as unknown. */
  readonly letters: readonly string[];
  readonly merges: readonly Merge[];
};

type BpeModel = { readonly vocab: Readonly<Record<string, number>>; readonly merges: readonly (string | Merge)[] };
type AddedToken = { readonly id: number; readonly content: string };

/** @returns the files, and the id of the first new piece; the others follow in the order of `piecesIn` */
export function withPieces(files: TokenizerFiles, pieces: Pieces): { files: TokenizerFiles; first: number } {
  const json = parseObject(files.tokenizer, "tokenizer.json");
  const model = (isRecord(json.model) ? json.model : {}) as BpeModel;
  const added = Array.isArray(json.added_tokens) ? (json.added_tokens as AddedToken[]) : [];
  // The library counts added tokens on from the vocabulary's size; with all of them in the vocabulary, they keep their ids.
  const vocab: Record<string, number> = { ...model.vocab };
  for (const { content, id } of added) vocab[content] ??= id;
  const first = Object.values(vocab).reduce((next, id) => Math.max(next, id + 1), 0);
  for (const [at, piece] of piecesIn(pieces, new Set(Object.keys(vocab))).entries()) vocab[piece] = first + at;
  const inPairs = model.merges.some((merge) => typeof merge !== "string");
  const merges = pieces.merges.map((merge) => (inPairs ? merge : merge.join(" ")));
  const extended = { ...json, model: { ...model, vocab, merges: [...model.merges, ...merges] } };
  return { first, files: { ...files, tokenizer: JSON.stringify(extended) } };
}

/** The new pieces without those that exist: a merge may lead to one. */
export function piecesIn({ letters, merges }: Pieces, known: ReadonlySet<string>): string[] {
  const all = [...letters, ...merges.map(([left, right]) => left + right)];
  return [...new Set(all)].filter((piece) => !known.has(piece));
}
