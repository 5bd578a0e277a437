/** Finds the known name that a misspelt one was probably meant to be. */

/**
 * Upper and lower case, hyphens and underscores do not count: `learning_rate` is `learningRate`.
 * @returns undefined if no name is close: more than a third of the letters differ
 */
export function nearest(name: string, known: Iterable<string>): string | undefined {
  const wanted = letters(name);
  let best: { readonly name: string; readonly distance: number } | undefined;
  for (const each of known) {
    const distance = editDistance(wanted, letters(each));
    const close = distance <= Math.floor(Math.max(wanted.length, letters(each).length) / 3);
    if (close && (best === undefined || distance < best.distance)) best = { name: each, distance };
  }
  return best?.name;
}

const letters = (name: string): string => name.toLowerCase().replace(/[-_ ]/g, "");

/** How many letters must be inserted, deleted, replaced, or swapped with their neighbour (optimal string alignment). */
function editDistance(a: string, b: string): number {
  let [before, last] = [[] as number[], Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const replaced = last[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      row.push(Math.min(replaced, last[j]! + 1, row[j - 1]! + 1, swapped ? before[j - 2]! + 1 : replaced));
    }
    [before, last] = [last, row];
  }
  return last[b.length]!;
}
