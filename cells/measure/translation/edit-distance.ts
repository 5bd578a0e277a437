/**
 * The Levenshtein distance between two lists of words, and the edits that it consists of. As in Tercom, the search is limited to a band
 * around the diagonal. Which of several cheapest edit sequences is found decides which shifts TER tries. So the order of preference
 * (keep or replace, then delete, then insert) and the width of the band are part of the metric.
 */

export type Edit = "keep" | "replace" | "delete" | "insert";

export type Edits = {
  distance(hypothesis: readonly string[]): number;
  /** The cheapest edits that turn the hypothesis into the reference, in order. */
  edits(hypothesis: readonly string[]): Edit[];
};

const bandWidth = 25;

/**
 * The edits to one reference. TER asks for up to a thousand orders of the same words, most of which begin in the same way. So the rows of
 * the last hypothesis are stored, and only those after the first different word are computed again.
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
    // The band depends on the length, so all rows change with it.
    if (!isSameLength) [cost, edit] = emptyGrid(hypothesis.length + 1, columns);
    words = hypothesis;
    const slope = words.length > 0 ? reference.length / words.length : 1;
    // If the band were narrower than the step from row to row, rows would not overlap.
    const width = bandWidth < slope / 2 ? Math.ceil(slope / 2 + bandWidth) : bandWidth;
    for (let i = isSameLength ? differs + 1 : 1; i <= words.length; i += 1) {
      const diagonal = Math.floor(i * slope);
      const end = i === words.length ? columns : Math.min(columns, diagonal + width);
      for (let j = Math.max(0, diagonal - width); j < end; j += 1) {
        const here = i * columns + j;
        const above = here - columns;
        const deleted = cost[above]! + 1;
        cost[here] = deleted;
        edit[here] = "delete";
        if (j === 0) continue;
        const isSame = words[i - 1] === reference[j - 1];
        const replaced = cost[above - 1]! + (isSame ? 0 : 1);
        if (replaced <= deleted) {
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
        if (last !== "delete") j -= 1;
      }
      return backwards.reverse();
    },
  };
}

/** A grid whose first row inserts the words of the reference; all other cells are unreachable. */
function emptyGrid(rows: number, columns: number): [Float64Array<ArrayBuffer>, Edit[]] {
  const cost = new Float64Array(rows * columns).fill(Number.POSITIVE_INFINITY);
  for (let j = 0; j < columns; j += 1) cost[j] = j;
  return [cost, new Array<Edit>(cost.length).fill("insert")];
}
