/**
 * Which samples share a row, so that little of the rectangle is padding: best fit decreasing. The longest sample goes
 * first, and each goes where it leaves the least room. It takes at most about 11/9 of the fewest rows possible (Johnson 1974).
 */

/**
 * @param lengths of the samples
 * @param room of a row
 * @returns the rows, each of indices into `lengths`. @throws if a sample is longer than a row.
 */
export function packRows(lengths: readonly number[], room: number): number[][] {
  const longest = Math.max(...lengths);
  if (longest > room) {
    throw new Error(`a sample has ${longest} tokens, more than the ${room} of a packed row; give packing more tokens`);
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
