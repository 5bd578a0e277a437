/**
 * Packs samples into rows so that little is padding: best fit decreasing. In order of decreasing length, each sample
 * goes into the row where it leaves the least space. This needs at most about 11/9 of the smallest possible number of
 * rows (Johnson 1974).
 */

/**
 * @param lengths of the samples in tokens
 * @param room the length of a row in tokens
 * @returns the rows, each a list of indices into `lengths`
 * @throws if a sample is longer than a row
 */
export function packRows(lengths: readonly number[], room: number): number[][] {
  const longest = Math.max(...lengths);
  if (longest > room) {
    throw new Error(`a sample has ${longest} tokens, but a packed row has ${room}. Set packing to ${longest} or more`);
  }
  const rows: { readonly samples: number[]; left: number }[] = [];
  for (const index of [...lengths.keys()].sort((a, b) => lengths[b]! - lengths[a]! || a - b)) {
    const length = lengths[index]!;
    let best: (typeof rows)[number] | undefined;
    for (const row of rows) if (row.left >= length && (!best || row.left < best.left)) best = row;
    if (best) {
      best.samples.push(index);
      best.left -= length;
    } else rows.push({ samples: [index], left: room - length });
  }
  return rows.map(({ samples }) => samples);
}
