/**
 * Byte-level byte-pair encoding, trained from scratch (Sennrich et al. 2016, https://aclanthology.org/P16-1162; on bytes as in
 * GPT-2). Words are counted once and pair counts are updated incrementally, so training takes about a second. Of equally frequent
 * pairs, the one with the smaller token ids wins: the same corpus always gives the same vocabulary.
 */

/** `tokens[id]` is written in the alphabet of `byteLetters`; merges are pairs of token ids in the order of their rank. */
export type Vocabulary = {
  readonly tokens: readonly string[];
  readonly specials: number;
  readonly merges: readonly (readonly [left: number, right: number])[];
};

/** How GPT-2 splits text into words before merging; the space before a word belongs to it. */
const wordPattern = /'(?:s|t|re|ve|m|ll|d)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+/gu;

/** The printable character that GPT-2 uses for each byte: itself if it is printable, otherwise the next one from U+0100. */
export const byteLetters: readonly string[] = (() => {
  const prints = (byte: number): boolean => (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174;
  let next = 256;
  return Array.from({ length: 256 }, (_, byte) => String.fromCharCode(prints(byte) ? byte : next++));
})();

const utf8 = new TextEncoder();
const wordsOf = (text: string): readonly string[] => text.match(wordPattern) ?? [];

type Word = { readonly ids: number[]; readonly count: number };

const pairKey = (left: number, right: number): number => left * 65536 + right;

/** Replaces all occurrences of the pair, from left to right. */
function merged(ids: readonly number[], left: number, right: number, id: number): number[] {
  const result: number[] = [];
  for (let i = 0; i < ids.length; i++) {
    if (ids[i] === left && ids[i + 1] === right) {
      result.push(id);
      i++;
    } else result.push(ids[i]!);
  }
  return result;
}

/**
 * @param specials special tokens, which no text contains; they get the first ids
 * @param size of the whole vocabulary: special tokens, 256 bytes, merges
 * @throws if the texts have too few different pairs for so many merges
 */
export function trainVocabulary(texts: Iterable<string>, specials: readonly string[], size: number): Vocabulary {
  const counts = new Map<string, number>();
  for (const text of texts) for (const word of wordsOf(text)) counts.set(word, (counts.get(word) ?? 0) + 1);
  const words: Word[] = [...counts].map(([word, count]) => ({
    ids: [...utf8.encode(word)].map((byte) => specials.length + byte),
    count,
  }));

  const tokens = [...specials, ...byteLetters];
  const merges: (readonly [number, number])[] = [];
  const pairCounts = new Map<number, number>();
  const pairWords = new Map<number, Set<Word>>();
  const tally = (word: Word, sign: 1 | -1): void => {
    for (let i = 0; i + 1 < word.ids.length; i++) {
      const key = pairKey(word.ids[i]!, word.ids[i + 1]!);
      pairCounts.set(key, (pairCounts.get(key) ?? 0) + sign * word.count);
      const holders = pairWords.get(key) ?? new Set();
      pairWords.set(key, holders.add(word));
    }
  };
  for (const word of words) tally(word, 1);

  while (tokens.length < size) {
    let best = -1;
    let most = 0;
    for (const [key, count] of pairCounts) {
      if (count > most || (count === most && count > 0 && key < best)) {
        best = key;
        most = count;
      }
    }
    if (best < 0)
      throw new Error(
        `The texts give only ${tokens.length} tokens, but size is ${size}. Train on more text or lower the size.`,
      );
    const left = Math.floor(best / 65536);
    const right = best % 65536;
    const id = tokens.push(tokens[left]! + tokens[right]!) - 1;
    merges.push([left, right]);
    for (const word of pairWords.get(best) ?? []) {
      tally(word, -1);
      word.ids.splice(0, word.ids.length, ...merged(word.ids, left, right, id));
      tally(word, 1);
    }
    pairCounts.delete(best);
    pairWords.delete(best);
  }
  return { tokens, specials: specials.length, merges };
}

/** Encodes plain text (no special tokens) with a vocabulary. Each word is encoded once and cached. */
export function encoder({ specials, merges }: Vocabulary): (text: string) => number[] {
  const ranks = new Map(merges.map(([left, right], rank) => [pairKey(left, right), rank]));
  const cached = new Map<string, readonly number[]>();
  const encodeWord = (word: string): readonly number[] => {
    let ids = [...utf8.encode(word)].map((byte) => specials + byte);
    for (;;) {
      let rank = merges.length;
      for (let i = 0; i + 1 < ids.length; i++) rank = Math.min(rank, ranks.get(pairKey(ids[i]!, ids[i + 1]!)) ?? rank);
      const pair = merges[rank];
      if (!pair) return ids;
      ids = merged(ids, pair[0], pair[1], specials + 256 + rank);
    }
  };
  return (text) =>
    wordsOf(text).flatMap((word) => {
      const ids = cached.get(word) ?? encodeWord(word);
      cached.set(word, ids);
      return ids;
    });
}
