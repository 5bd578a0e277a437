/**
 * Reduces the points of a chart without losing its shape. Each series is cut into bins along its order; of each bin the
 * lowest and the highest point remain, and of the series the first and the last. So a spike of one step is still visible.
 */
import type { Datum } from "../../server/values.ts";

export type Point = Readonly<Record<string, Datum>>;

/** @returns at most `limit` of the points, in their order. @param y a column @param series the column that tells series apart */
export function decimate(
  points: readonly Point[],
  y: string,
  series: string | undefined,
  limit: number,
): readonly Point[] {
  if (points.length <= limit) return points;
  const groups = new Map<Datum, number[]>();
  points.forEach((point, i) => {
    const key = series === undefined ? null : (point[series] ?? null);
    const group = groups.get(key);
    if (group) group.push(i);
    else groups.set(key, [i]);
  });
  const share = Math.floor(limit / groups.size);
  const chosen: number[] = [];
  for (const group of groups.values()) chosen.push(...extremes(group, (i) => Number(points[i]![y]), share));
  return chosen.sort((a, b) => a - b).map((i) => points[i]!);
}

function extremes(indices: readonly number[], value: (index: number) => number, share: number): readonly number[] {
  if (indices.length <= share) return indices;
  if (share < 4) return indices.slice(-Math.max(share, 1));
  const inner = indices.slice(1, -1);
  const bins = Math.floor((share - 2) / 2);
  const chosen = [indices[0]!];
  for (let bin = 0; bin < bins; bin++) {
    const from = Math.floor((bin * inner.length) / bins);
    const to = Math.floor(((bin + 1) * inner.length) / bins);
    let [low, high] = [inner[from]!, inner[from]!];
    for (const index of inner.slice(from, to)) {
      if (value(index) < value(low)) low = index;
      if (value(index) > value(high)) high = index;
    }
    chosen.push(Math.min(low, high));
    if (low !== high) chosen.push(Math.max(low, high));
  }
  chosen.push(indices.at(-1)!);
  return chosen;
}
