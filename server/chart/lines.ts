/**
 * Which points of a line are enough. A line that goes in one direction is cut into columns, as narrow as a pixel where that
 * is possible. Of the points in a column the first, the last, the lowest and the highest remain: these draw the same pixels
 * as all of them (the M4 aggregation of Jugel et al., VLDB 2014). A gap in the line remains a gap.
 */

/** @param order the indices of one series, in drawing order @param along its places on the axis that it goes along, from 0 */
export function outline(
  order: readonly number[],
  along: (index: number) => number,
  height: (index: number) => number,
): readonly number[] {
  const chosen = new Set<number>();
  let column: number | undefined;
  let [first, last, lowest, highest] = [0, 0, 0, 0];
  let inGap = false;
  const close = (): void => {
    if (column !== undefined) for (const index of [first, lowest, highest, last]) chosen.add(index);
    column = undefined;
  };
  for (const index of order) {
    const [place, y] = [along(index), height(index)];
    if (Number.isNaN(place) || Number.isNaN(y)) {
      close();
      if (!inGap) chosen.add(index);
      inGap = true;
      continue;
    }
    inGap = false;
    if (Math.floor(place) !== column) {
      close();
      column = Math.floor(place);
      [first, last, lowest, highest] = [index, index, index, index];
      continue;
    }
    last = index;
    if (y < height(lowest)) lowest = index;
    if (y > height(highest)) highest = index;
  }
  close();
  return [...chosen];
}

export type Direction = "strict" | "weak" | "none";

/** Whether the values never change direction; `strict` if no two are equal. Gaps (NaN) do not count. */
export function directionOf(order: readonly number[], value: (index: number) => number): Direction {
  let before = Number.NaN;
  let sign = 0;
  let direction: Direction = "strict";
  for (const index of order) {
    const now = value(index);
    if (Number.isNaN(now)) continue;
    if (!Number.isNaN(before)) {
      const step = Math.sign(now - before);
      if (step === 0) direction = "weak";
      else if (sign !== 0 && step !== sign) return "none";
      else sign = step;
    }
    before = now;
  }
  return direction;
}
