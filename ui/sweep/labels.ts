/**
 * Which points of a scatter have their name beside them: as many as there is room for, so that no name covers another one or
 * leaves the chart. The others show theirs when the pointer is near. Pure.
 */
type Point = { readonly x: number; readonly y: number; readonly label: string };
type Room = {
  /** Of the part with the points, in pixels. */
  readonly width: number;
  readonly height: number;
  /** Whether larger values are further left. */
  readonly leftwards: boolean;
};
type Placed<P> = { readonly start: readonly P[]; readonly end: readonly P[] };

/** In pixels: of a character, about, and of a line. */
const CHARACTER = 6;
const LINE = 16;

/** @param all the points of the chart, which decide its scale. @returns names that begin at their point, and that end there */
export function placedLabels<P extends Point>(candidates: readonly P[], all: readonly Point[], room: Room): Placed<P> {
  const across = scaleOf(
    all.map(({ x }) => x),
    room.width,
  );
  const up = scaleOf(
    all.map(({ y }) => y),
    room.height,
  );
  const boxes: { left: number; right: number; y: number }[] = [];
  const [start, end]: [P[], P[]] = [[], []];
  for (const point of candidates) {
    const x = room.leftwards ? room.width - across(point.x) : across(point.x);
    const isLeft = x < room.width / 2;
    const length = CHARACTER * point.label.length;
    const box = { left: isLeft ? x : x - length, right: isLeft ? x + length : x, y: up(point.y) };
    const isFree = boxes.every(
      (other) => Math.abs(other.y - box.y) > LINE || other.right < box.left || other.left > box.right,
    );
    if (box.left < 0 || box.right > room.width || !isFree) continue;
    boxes.push(box);
    (isLeft ? start : end).push(point);
  }
  return { start, end };
}

function scaleOf(values: readonly number[], length: number): (value: number) => number {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return (value) => (high > low ? ((value - low) / (high - low)) * length : length / 2);
}
