/**
 * A chart with all its points inside, so that it needs no session: the rows of runs become columns, lines with more points
 * than a wide page can show are thinned, colours and alerts are set. The page of a share draws it like any other chart.
 */

import type { RunState } from "../../server/state/state.ts";
import type { Columns, Datum, PlotMark, PlotSpec, PlotValue } from "../../server/values.ts";
import { drawing } from "../plot/drawing.ts";
import { type Point, type PointValue, TaggedRows } from "../plot/points.ts";

/** In pixels: wider than the page is, so that a reader can zoom in. */
const WIDTH = 2000;

/** @throws when a mark has too many items to draw and none may be left out */
export function wholeChart(spec: PlotSpec, runs: Readonly<Record<string, RunState>>): PlotSpec {
  const drawn = drawing(spec, runs, new TaggedRows(), { width: WIDTH, size: "regular" });
  const { width: _, height: __, ...options } = drawn.options;
  const given = spec.options.height;
  return {
    options: { ...options, ...(typeof given === "number" && { height: given }) },
    marks: drawn.marks.map(({ name, points, total, options, notes }): PlotMark => {
      if (!points) return { mark: name, data: null, options };
      const columns = columnsOf(points, options);
      const data = {
        kind: "columns",
        columns,
        length: points.length,
        ...(total > points.length && { total }),
      } as const;
      return { mark: name, data, options, ...(notes.length > 0 && { notes }) };
    }),
  };
}

/** The columns that the mark names. Names in `channels` and in lists count too. */
function columnsOf(points: readonly Point[], options: PlotValue): Columns {
  const named = new Set<string>();
  const visit = (value: PlotValue): void => {
    if (typeof value === "string") named.add(value);
    else if (typeof value === "object" && value !== null) Object.values(value).forEach(visit);
  };
  visit(options);
  const present = new Set(points.flatMap((point) => Object.keys(point)));
  const used = [...present].filter((name) => named.has(name));
  return Object.fromEntries(used.map((name) => [name, points.map((point) => datum(point[name] ?? null))]));
}

function datum(value: PointValue): Datum {
  if (value instanceof Date) return { $date: value.getTime() };
  if (typeof value === "number" && !Number.isFinite(value)) return { $number: String(value) as "NaN" };
  return value;
}
