/**
 * The shifts of TER: a span of words that is elsewhere in the reference is moved there, if there is an error at both places. The rules
 * for which shifts are tried, and which of equally good ones is taken, are those of Tercom as in sacreBLEU 2.6.0.
 */
import type { Edit, Edits } from "./edit-distance.ts";

const longestSpan = 10;
const farthestShift = 50;
/** The search ends after so many shifts were tried for one sentence. */
export const shiftBudget = 1000;

/** `gain`: the reduction of the edit distance; `tried`: the number of shifts tried so far. */
export type Shift = { readonly gain: number; readonly words: readonly string[]; readonly tried: number };

type Candidate = { readonly rank: readonly number[]; readonly words: readonly string[] };

/** The best shift; its gain is 0 if there is none. `triedBefore` shifts were already tried for this sentence. */
export function bestShift(
  hypothesis: readonly string[],
  reference: readonly string[],
  { distance, edits }: Edits,
  triedBefore: number,
): Shift {
  const before = distance(hypothesis);
  const { place, wrongHere, wrongThere } = aligned(edits(hypothesis));
  let tried = triedBefore;
  let best: Candidate | undefined;
  for (const { here, there, length } of spans(hypothesis, reference)) {
    const isWrong = wrongHere.slice(here, here + length).includes(true);
    if (!isWrong || !wrongThere.slice(there, there + length).includes(true)) continue;
    if (here <= place[there]! && place[there]! < here + length) continue;
    for (const target of targets(place, there, length)) {
      const words = moved(hypothesis, here, length, target);
      // The largest gain first, then the longest span, the earliest source, the earliest target.
      const rank = [before - distance(words), length, -here, -target];
      tried += 1;
      if (best === undefined || precedes(rank, best.rank)) best = { rank, words };
    }
    if (tried >= shiftBudget) break;
  }
  return best === undefined ? { gain: 0, words: hypothesis, tried } : { gain: best.rank[0]!, words: best.words, tried };
}

/** The position in the hypothesis of each word of the reference (−1: before its beginning), and which words are wrong on each side. */
function aligned(edits: readonly Edit[]): { place: number[]; wrongHere: boolean[]; wrongThere: boolean[] } {
  const place: number[] = [];
  const wrongHere: boolean[] = [];
  const wrongThere: boolean[] = [];
  for (const edit of edits) {
    if (edit !== "insert") wrongHere.push(edit !== "keep");
    if (edit === "delete") continue;
    place.push(wrongHere.length - 1);
    wrongThere.push(edit !== "keep");
  }
  return { place, wrongHere, wrongThere };
}

/** All spans of words that occur on both sides, short ones first. */
function* spans(
  hypothesis: readonly string[],
  reference: readonly string[],
): Generator<{ here: number; there: number; length: number }> {
  for (const here of hypothesis.keys()) {
    for (const there of reference.keys()) {
      if (Math.abs(there - here) > farthestShift) continue;
      const longest = Math.min(longestSpan, hypothesis.length - here, reference.length - there);
      for (let length = 1; length <= longest; length += 1) {
        if (hypothesis[here + length - 1] !== reference[there + length - 1]) break;
        yield { here, there, length };
      }
    }
  }
}

/** The positions that a span can be moved to: after each word of the hypothesis that is aligned with a word of the span, or with the word before it. */
function* targets(place: readonly number[], there: number, length: number): Generator<number> {
  let last = -1;
  for (let at = there - 1; at < there + length && at < place.length; at += 1) {
    const target = at < 0 ? 0 : place[at]! + 1;
    if (target !== last) yield target;
    last = target;
  }
}

/** Moves a span. A target after the span is a position before the span is taken out. */
function moved(words: readonly string[], start: number, length: number, target: number): string[] {
  const span = words.slice(start, start + length);
  const rest = [...words.slice(0, start), ...words.slice(start + length)];
  const at = target > start + length ? target - length : target;
  return [...rest.slice(0, at), ...span, ...rest.slice(at)];
}

function precedes(rank: readonly number[], other: readonly number[]): boolean {
  const differs = rank.findIndex((value, i) => value !== other[i]);
  return differs >= 0 && rank[differs]! > other[differs]!;
}
