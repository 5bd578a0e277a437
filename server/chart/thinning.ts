/**
 * Which items of a mark are drawn when it has very many. A chart must not lie, so what may be left out depends on the mark:
 * lines lose the points that cannot be seen; of points a fair sample is drawn, and the chart says so; bars, stacks, bands and
 * all other marks are drawn as given, or not at all. The kernel uses this before it sends a chart, and the page before it draws one.
 */
import type { PlotMark, PlotOptions, PlotValue } from "../values.ts";
import { thinnedLines } from "./line-thinning.ts";
import { columnOf, fieldsOf, groupsOf, numbersOf, type Rows } from "./rows.ts";
import { fairSample } from "./sample.ts";
import type { Resolution, Thinned } from "./thinned.ts";

/** Points are drawn one by one, and each is an element of the page. */
export const SAMPLED_POINTS = 20_000;
/** The most items that a statistic is computed from, and the most elements that a page can draw. */
export const ELEMENTS = 100_000;

const LINES = /^(line[XY]?|area[XY])$/;
/** Each item is drawn by itself and stands for nothing but itself. */
const POINTS =
  /^(dot[XY]?|circle|hexagon|text[XY]?|tick[XY]|rule[XY]|vector[XY]?|link|arrow|image|tip|crosshair[XY]?)$/;
/** The page computes a statistic of all items. */
const STATISTICS = /^(density|linearRegression[XY]|box[XY])$/;
/** All items of a series are one element. */
const PATHS = /^(line|area|difference)/;
const POSITIONS = ["x", "y", "x1", "x2", "y1", "y2"] as const;
const GROUPING = ["z", "fill", "stroke", "symbol", "fx", "fy"] as const;

export function thinned(
  { mark, options }: Pick<PlotMark, "mark" | "options">,
  rows: Rows,
  resolution: Resolution,
): Thinned {
  // A channel that is a list belongs to the items by their places.
  if (Object.entries(options).some(([name, value]) => name !== "channels" && isList(value))) return whole(mark, rows);
  if (LINES.test(mark)) return thinnedLines({ mark, options }, rows, resolution) ?? { kind: "all" };
  if (POINTS.test(mark)) return sampled(options, rows, SAMPLED_POINTS);
  if (STATISTICS.test(mark)) return sampled(options, rows, ELEMENTS);
  return whole(mark, rows);
}

function isList(value: PlotValue): boolean {
  return Array.isArray(value) || Array.isArray(fieldsOf(value).value);
}

function whole(mark: string, { length }: Rows): Thinned {
  if (PATHS.test(mark) || length <= ELEMENTS) return { kind: "all" };
  const message =
    `Its mark ${mark} has ${count(length)} items, and leaving some out would change what it shows. ` +
    `Draw at most ${count(ELEMENTS)}, for example bins or sums.`;
  return { kind: "too-many", message };
}

function sampled(options: PlotOptions, rows: Rows, limit: number): Thinned {
  if (rows.length <= limit) return { kind: "all" };
  const columns = (names: readonly string[]): string[] => names.flatMap((name) => columnOf(options[name], rows) ?? []);
  const names = columns(GROUPING).filter((column) => numbersOf(rows, column) === undefined);
  const groups = names.length === 0 ? [] : groupsOf(rows, names);
  return { kind: "some", indices: fairSample(rows.length, limit, outermost(rows, columns(POSITIONS)), groups) };
}

/** The items with the lowest and the highest value of each column. */
function outermost(rows: Rows, columns: readonly string[]): readonly number[] {
  return columns.flatMap((column) => {
    const numbers = numbersOf(rows, column);
    if (!numbers) return [];
    let [low, high] = [-1, -1];
    for (let i = 0; i < numbers.length; i++) {
      if (!Number.isFinite(numbers[i])) continue;
      if (low < 0 || numbers[i]! < numbers[low]!) low = i;
      if (high < 0 || numbers[i]! > numbers[high]!) high = i;
    }
    return low < 0 ? [] : [low, high];
  });
}

/** 20000 → "20,000". */
export function count(items: number): string {
  return items.toLocaleString("en");
}
