/** The difference of two texts word by word, for prompts. */

export type Piece = { readonly kind: "same" | "removed" | "added"; readonly text: string };

/** Above this many pairs of words, the changed middle is shown as one piece instead of word by word. */
const MOST_PAIRS = 4_000_000;

/** The pieces of "same" and "removed" make the text before, those of "same" and "added" the text after. */
export function wordDifference(before: string, after: string): readonly Piece[] {
  const [a, b] = [words(before), words(after)];
  let head = 0;
  while (head < a.length && head < b.length && a[head] === b[head]) head += 1;
  let tail = 0;
  while (tail < a.length - head && tail < b.length - head && a.at(-1 - tail) === b.at(-1 - tail)) tail += 1;
  const [left, right] = [a.slice(head, a.length - tail), b.slice(head, b.length - tail)];
  return joined([
    ...a.slice(0, head).map((text): Piece => ({ kind: "same", text })),
    ...(left.length * right.length > MOST_PAIRS ? replaced(left, right) : aligned(left, right)),
    ...a.slice(a.length - tail).map((text): Piece => ({ kind: "same", text })),
  ]);
}

/** Words, spaces and single other characters. */
function words(text: string): string[] {
  return text.match(/[\p{L}\p{M}\p{N}_]+|\s+|[^\p{L}\p{M}\p{N}_\s]/gu) ?? [];
}

function replaced(before: readonly string[], after: readonly string[]): Piece[] {
  return [
    { kind: "removed", text: before.join("") },
    { kind: "added", text: after.join("") },
  ];
}

/** By the longest common subsequence. */
function aligned(a: readonly string[], b: readonly string[]): Piece[] {
  const width = b.length + 1;
  const lengths = new Uint32Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i -= 1)
    for (let j = b.length - 1; j >= 0; j -= 1)
      lengths[i * width + j] =
        a[i] === b[j]
          ? lengths[(i + 1) * width + j + 1]! + 1
          : Math.max(lengths[(i + 1) * width + j]!, lengths[i * width + j + 1]!);
  const pieces: Piece[] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      pieces.push({ kind: "same", text: a[i]! });
      i += 1;
      j += 1;
    } else if (j >= b.length || (i < a.length && lengths[(i + 1) * width + j]! >= lengths[i * width + j + 1]!))
      pieces.push({ kind: "removed", text: a[i++]! });
    else pieces.push({ kind: "added", text: b[j++]! });
  }
  return pieces;
}

function joined(pieces: readonly Piece[]): Piece[] {
  const all: Piece[] = [];
  for (const piece of pieces) {
    const last = all.at(-1);
    if (piece.text === "") continue;
    if (last?.kind === piece.kind) all[all.length - 1] = { kind: piece.kind, text: last.text + piece.text };
    else all.push(piece);
  }
  return all;
}
