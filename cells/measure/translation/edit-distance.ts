/**
 * Levenshtein's distance between two lists of words, with the edits that realise it, searched only near the diagonal as
 * Tercom does: which of several cheapest ways is found decides which shifts TER tries, so the preference (keep or
 * replace, then drop, then insert) and the width of the band are part of the metric.
 */

export type Edit = "keep" | "replace" | "drop" | "insert";

export type Edits = {
  distance(hypothesis: readonly string[]): number;
  /** What turns the hypothesis into the reference, in order; the cheapest way. */
  edits(hypothesis: readonly string[]): Edit[];
};

const bandWidth = 25;

/**
 * The edits to one reference. TER asks for a thousand orders of the same words that mostly begin alike, so the rows of
 * the last hypothesis are kept, and only those after the first other word are computed anew.
 */
export function editsTo(reference: readonly string[]): Edits {
  const columns = reference.length + 1;
  let words: readonly string[] = [];
  let cost = Float64Array.from({ length: columns }, (_, j) => j);
  let edit = new Array<Edit>(columns).fill("insert");

  const fill = (hypothesis: readonly string[]): void => {
    const differs = hypothesis.findIndex((word, i) => word !== words[i]);
    const isSameLength = hypothesis.length === words.length;
    if (isSameLength && differs < 0) return;
    // The band depends on the length, and so do all rows.
    if (!isSameLength) [cost, edit] = begun(hypothesis.length + 1, columns);
    words = hypothesis;
    const slope = words.length > 0 ? reference.length / words.length : 1;
    // A band narrower than a row's step would lose touch with the row before.
    const width = bandWidth < slope / 2 ? Math.ceil(slope / 2 + bandWidth) : bandWidth;
    for (let i = isSameLength ? differs + 1 : 1; i <= words.length; i += 1) {
      const diagonal = Math.floor(i * slope);
      const end = i === words.length ? columns : Math.min(columns, diagonal + width);
      for (let j = Math.max(0, diagonal - width); j < end; j += 1) {
        const here = i * columns + j;
        const above = here - columns;
        const dropped = cost[above]! + 1;
        cost[here] = dropped;
        edit[here] = "drop";
        if (j === 0) continue;
        const isSame = words[i - 1] === reference[j - 1];
        const replaced = cost[above - 1]! + (isSame ? 0 : 1);
        if (replaced <= dropped) {
          cost[here] = replaced;
          edit[here] = isSame ? "keep" : "replace";
        }
        const inserted = cost[here - 1]! + 1;
        if (inserted < cost[here]!) {
          cost[here] = inserted;
          edit[here] = "insert";
        }
      }
    }
  };

  return {
    distance: (hypothesis) => {
      fill(hypothesis);
      return cost[cost.length - 1]!;
    },
    edits: (hypothesis) => {
      fill(hypothesis);
      const backwards: Edit[] = [];
      for (let i = hypothesis.length, j = reference.length; i > 0 || j > 0; ) {
        const last = edit[i * columns + j]!;
        backwards.push(last);
        if (last !== "insert") i -= 1;
        if (last !== "drop") j -= 1;
      }
      return backwards.reverse();
    },
  };
}

/** A grid whose first row inserts the reference's words and whose other cells are out of reach. */
function begun(rows: number, columns: number): [Float64Array<ArrayBuffer>, Edit[]] {
  const cost = new Float64Array(rows * columns).fill(Number.POSITIVE_INFINITY);
  for (let j = 0; j < columns; j += 1) cost[j] = j;
  return [cost, new Array<Edit>(cost.length).fill("insert")];
}
