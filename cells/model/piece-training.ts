/**
 * Continues the training of byte-pair encoding (Sennrich et al. 2016, https://aclanthology.org/P16-1162): given words as a tokenizer
 * splits them now, it finds the pairs of pieces that occur most often, and joins them. Pair counts are updated only where a pair
 * was joined, and the most frequent pair comes from a heap with outdated entries, so ten thousand merges take seconds.
 */

/** A pair of pieces that becomes one. */
export type Merge = readonly [left: string, right: string];

type Word = { pieces: string[]; readonly count: number };
type Entry = { readonly key: string; readonly count: number };

/** Between the two pieces of a pair's key. No piece contains it: tokenizers write spaces as other letters. */
const BETWEEN = " ";

/**
 * The merges in the order in which they apply. Of equally frequent pairs the alphabetically first one is taken, so the same texts give
 * the same merges.
 * @param words each different word with its count
 * @param known pieces that exist: a merge that gives one of them makes no new piece
 * @param count new pieces, at most
 * @param least a pair must occur this often
 */
export function learnMerges(
  words: readonly { readonly pieces: readonly string[]; readonly count: number }[],
  known: ReadonlySet<string>,
  count: number,
  least: number,
): Merge[] {
  const counts = new Map<string, number>();
  const holders = new Map<string, Set<Word>>();
  const heap = new Heap();
  const tally = (word: Word, sign: 1 | -1, touched: Set<string>): void => {
    for (let at = 0; at + 1 < word.pieces.length; at += 1) {
      const key = word.pieces[at]! + BETWEEN + word.pieces[at + 1]!;
      counts.set(key, (counts.get(key) ?? 0) + sign * word.count);
      touched.add(key);
      if (sign > 0) holders.set(key, (holders.get(key) ?? new Set()).add(word));
    }
  };
  const push = (keys: Iterable<string>): void => {
    for (const key of keys) if (counts.get(key)! >= least) heap.push({ key, count: counts.get(key)! });
  };
  const first = new Set<string>();
  for (const { pieces, count } of words) tally({ pieces: [...pieces], count }, 1, first);
  push(first);

  const merges: Merge[] = [];
  const made = new Set<string>();
  while (made.size < count) {
    const best = heap.pop();
    if (!best) break;
    if (counts.get(best.key) !== best.count) continue;
    const [left, right] = best.key.split(BETWEEN) as [string, string];
    merges.push([left, right]);
    if (!known.has(left + right)) made.add(left + right);
    const touched = new Set<string>();
    for (const word of holders.get(best.key) ?? []) {
      tally(word, -1, touched);
      word.pieces = joined(word.pieces, left, right);
      tally(word, 1, touched);
    }
    counts.delete(best.key);
    holders.delete(best.key);
    touched.delete(best.key);
    push(touched);
  }
  return merges;
}

/** All occurrences of the pair, from left to right. */
function joined(pieces: readonly string[], left: string, right: string): string[] {
  const result: string[] = [];
  for (let at = 0; at < pieces.length; at += 1) {
    if (pieces[at] === left && pieces[at + 1] === right) {
      result.push(left + right);
      at += 1;
    } else result.push(pieces[at]!);
  }
  return result;
}

/** A binary heap: the highest count first, then the alphabetically first key. */
class Heap {
  readonly #entries: Entry[] = [];

  push(entry: Entry): void {
    this.#entries.push(entry);
    let at = this.#entries.length - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!isBefore(entry, this.#entries[parent]!)) break;
      this.#entries[at] = this.#entries[parent]!;
      at = parent;
    }
    this.#entries[at] = entry;
  }

  pop(): Entry | undefined {
    const top = this.#entries[0];
    const last = this.#entries.pop();
    if (last === undefined || this.#entries.length === 0) return top;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= this.#entries.length) break;
      if (child + 1 < this.#entries.length && isBefore(this.#entries[child + 1]!, this.#entries[child]!)) child += 1;
      if (!isBefore(this.#entries[child]!, last)) break;
      this.#entries[at] = this.#entries[child]!;
      at = child;
    }
    this.#entries[at] = last;
    return top;
  }
}

const isBefore = (a: Entry, b: Entry): boolean => a.count > b.count || (a.count === b.count && a.key < b.key);
