/**
 * The shifts of TER: a run of words that stands elsewhere in the reference is moved there if something is wrong at both
 * places. All rules of which shifts are tried, and which of equals wins, follow Tercom as sacreBLEU 2.6.0 does.
 */
import type { Edit, Edits } from "./edit-distance.ts";

const longestRun = 10;
const farthestShift = 50;
/** After so many shifts tried for one sentence the search ends. */
export const shiftBudget = 1000;

/** `gain`: by how much the edit distance falls; `tried`: the shifts tried so far. */
export type Shift = { readonly gain: number; readonly words: readonly string[]; readonly tried: number };

type Candidate = { readonly rank: readonly number[]; readonly words: readonly string[] };

/** The best shift, or no gain where there is none. `triedBefore` shifts have been tried for this sentence already. */
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
  for (const { here, there, length } of runs(hypothesis, reference)) {
    const isWrong = wrongHere.slice(here, here + length).includes(true);
    if (!isWrong || !wrongThere.slice(there, there + length).includes(true)) continue;
    if (here <= place[there]! && place[there]! < here + length) continue;
    for (const target of targets(place, there, length)) {
      const words = moved(hypothesis, here, length, target);
      // The largest gain, then the longest run, the earliest source, the earliest target.
      const rank = [before - distance(words), length, -here, -target];
      tried += 1;
      if (best === undefined || precedes(rank, best.rank)) best = { rank, words };
    }
    if (tried >= shiftBudget) break;
  }
  return best === undefined ? { gain: 0, words: hypothesis, tried } : { gain: best.rank[0]!, words: best.words, tried };
}

/** Where each word of the reference lies in the hypothesis (−1 before its beginning), and which words are wrong on both sides. */
function aligned(edits: readonly Edit[]): { place: number[]; wrongHere: boolean[]; wrongThere: boolean[] } {
  const place: number[] = [];
  const wrongHere: boolean[] = [];
  const wrongThere: boolean[] = [];
  for (const edit of edits) {
    if (edit !== "insert") wrongHere.push(edit !== "keep");
    if (edit === "drop") continue;
    place.push(wrongHere.length - 1);
    wrongThere.push(edit !== "keep");
  }
  return { place, wrongHere, wrongThere };
}

/** All runs of words that both sides have, short before long. */
function* runs(
  hypothesis: readonly string[],
  reference: readonly string[],
): Generator<{ here: number; there: number; length: number }> {
  for (const here of hypothesis.keys()) {
    for (const there of reference.keys()) {
      if (Math.abs(there - here) > farthestShift) continue;
      const longest = Math.min(longestRun, hypothesis.length - here, reference.length - there);
      for (let length = 1; length <= longest; length += 1) {
        if (hypothesis[here + length - 1] !== reference[there + length - 1]) break;
        yield { here, there, length };
      }
    }
  }
}

/** Where a run may go: before the hypothesis's word that follows the one aligned with each word of the run, or with the one before it. */
function* targets(place: readonly number[], there: number, length: number): Generator<number> {
  let last = -1;
  for (let at = there - 1; at < there + length && at < place.length; at += 1) {
    const target = at < 0 ? 0 : place[at]! + 1;
    if (target !== last) yield target;
    last = target;
  }
}

/** Up to the end of the run itself, `target` counts in the list with the run taken out. */
function moved(words: readonly string[], start: number, length: number, target: number): string[] {
  const run = words.slice(start, start + length);
  const rest = [...words.slice(0, start), ...words.slice(start + length)];
  const at = target > start + length ? target - length : target;
  return [...rest.slice(0, at), ...run, ...rest.slice(at)];
}

function precedes(rank: readonly number[], other: readonly number[]): boolean {
  const differs = rank.findIndex((value, i) => value !== other[i]);
  return differs >= 0 && rank[differs]! > other[differs]!;
}
