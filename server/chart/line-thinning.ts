/**
 * When a line, or an area above its axis, may be drawn from fewer points: each series goes in one direction along a
 * continuous axis, and no point has a look of its own. All others are drawn as given: closed curves, lines that go back,
 * stacked areas, lines with a marker at each point.
 */
import type { PlotMark, PlotOptions, PlotValue } from "../values.ts";
import { type Direction, directionOf, outline } from "./lines.ts";
import { columnOf, fieldsOf, groupsOf, numbersOf, type Rows } from "./rows.ts";
import type { Resolution, Thinned } from "./thinned.ts";

/** The most points of all lines together, where the lines are many. */
const POINTS = 40_000;
const FEWEST_COLUMNS = 32;
/** A point of a column: first, last, lowest, highest. */
const PER_COLUMN = 4;
/** Options that change or use the points in a way that needs all of them. */
const NEEDS_ALL = ["marker", "markerStart", "markerMid", "markerEnd", "sort", "filter", "reverse", "interval", "order"];
/** Channels that would give each point a look of its own. */
const LOOKS = ["strokeWidth", "strokeOpacity", "fillOpacity", "opacity"];
const BANDS = ["x1", "x2", "y1", "y2"];

/** @returns undefined where all points are needed */
export function thinnedLines(
  { mark, options }: Pick<PlotMark, "mark" | "options">,
  rows: Rows,
  { columns, scales }: Resolution,
): Thinned | undefined {
  if (rows.length <= FEWEST_COLUMNS * PER_COLUMN || NEEDS_ALL.some((name) => options[name] !== undefined))
    return undefined;
  const named = (channel: string): string | undefined => columnOf(options[channel], rows);
  if (BANDS.some((band) => options[band] !== undefined) || LOOKS.some((look) => named(look) !== undefined))
    return undefined;
  const [x, y] = [named("x"), named("y")];
  const [xs, ys] = [x && numbersOf(rows, x), y && numbersOf(rows, y)];
  if (!xs || !ys) return undefined;
  const series = seriesOf(mark, options, rows);
  if (!series) return undefined;
  const bins = Math.min(columns, Math.max(FEWEST_COLUMNS, Math.floor(POINTS / PER_COLUMN / series.length)));
  if (rows.length <= bins * PER_COLUMN) return undefined;
  const axes = [
    { along: xs, scale: scales.x, height: ys },
    { along: ys, scale: scales.y, height: xs },
  ] as const;
  const order = mark.endsWith("X") ? [axes[1]] : mark.endsWith("Y") ? [axes[0]] : axes;
  const wanted: readonly Direction[] = mark.startsWith("area") ? ["strict"] : ["strict", "weak"];
  const places = new Map(order.map((axis) => [axis, placesOf(axis.along, axis.scale, bins)]));
  const chosen: number[] = [];
  for (const group of series) {
    const axis = order.find(({ along }) => wanted.includes(directionOf(group, (i) => along[i]!)));
    const place = axis && places.get(axis);
    const found = place
      ? outline(
          group,
          (i) => place[i]!,
          (i) => axis.height[i]!,
        )
      : group;
    for (const index of found) chosen.push(index);
  }
  if (chosen.length >= rows.length) return undefined;
  const indices = chosen.sort((a, b) => a - b);
  if (bins === columns) return { kind: "some", indices };
  const note = `The lines have many points. Each is drawn from the lowest and the highest points of ${bins} stretches.`;
  return { kind: "some", indices, note };
}

/** The series of the mark; undefined if a series has several looks, or if the series are stacked. */
function seriesOf(mark: string, options: PlotOptions, rows: Rows): readonly (readonly number[])[] | undefined {
  const named = (names: readonly string[]): string[] => [
    ...new Set(names.flatMap((name) => columnOf(options[name], rows) ?? [])),
  ];
  const facets = named(["fx", "fy"]);
  const looks = named(["stroke", "fill"]);
  const z = named(["z"]);
  if (mark.startsWith("area") && (looks.length > 0 || z.length > 0)) return undefined;
  if (options.z === undefined && looks.length < 2) return groupsOf(rows, [...looks, ...facets]);
  const series = groupsOf(rows, [...z, ...facets]);
  return groupsOf(rows, [...z, ...looks, ...facets]).length === series.length ? series : undefined;
}

/** Where the values lie on their axis, from 0 to `columns` inside its domain. */
function placesOf(values: Float64Array, scale: PlotValue, columns: number): Float64Array {
  const options = fieldsOf(scale);
  const onAxis = axisOf(options);
  const places = values.map(onAxis);
  const given = Array.isArray(options.domain) ? options.domain.map(endOf).map(onAxis) : [];
  let [low, high] = [Math.min(...given), Math.max(...given)];
  if (given.length !== 2 || !Number.isFinite(low) || !Number.isFinite(high)) {
    [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (const place of places) {
      if (place < low) low = place;
      if (place > high) high = place;
    }
  }
  const unit = (high - low || 1) / columns;
  // What lies outside the domain is one column on either side.
  return places.map((place) => Math.max(-1, Math.min(columns, (place - low) / unit)));
}

/** The scale up to its offset and unit. */
function axisOf({ type, exponent, constant }: PlotOptions): (value: number) => number {
  const number = (given: PlotValue, otherwise: number): number => (typeof given === "number" ? given : otherwise);
  const power = (by: number) => (value: number) => Math.sign(value) * Math.abs(value) ** by;
  switch (type) {
    case "log":
      return (value) => Math.log(Math.abs(value));
    case "symlog":
      return (value) => Math.sign(value) * Math.log1p(Math.abs(value) / number(constant, 1));
    case "sqrt":
      return power(0.5);
    case "pow":
      return power(number(exponent, 1));
    default:
      return (value) => value;
  }
}

function endOf(end: PlotValue): number {
  if (typeof end === "number") return end;
  const { $date } = fieldsOf(end);
  return typeof $date === "number" ? $date : Number.NaN;
}
