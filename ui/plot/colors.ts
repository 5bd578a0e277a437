/**
 * The colours of series. A method has the same colour in every chart of the notebook, so that a reader does not need each
 * legend; the order of the colours is the order in which the methods were first trained.
 */
import type { RunState } from "../../server/state/state.ts";
import type { PlotMark, PlotOptions, PlotSpec, PlotValue } from "../../server/values.ts";
import { palette } from "../look/tokens.ts";
import type { Point } from "./points.ts";

/** The column that colours a mark, or undefined for a constant colour. Of live rows, only the tags hold names. */
export function colorChannel(mark: PlotMark): string | undefined {
  const { data } = mark;
  return [mark.options.stroke, mark.options.fill].find((each): each is string => {
    if (typeof each !== "string" || !data) return false;
    return data.kind === "columns" ? each in data.columns : each === "method" || each === "run";
  });
}

/** Whether the chart will have a legend, so that its place can be reserved before the first row arrives. */
export function hasLegend(spec: PlotSpec): boolean {
  const { legend } = record(spec.options.color);
  return typeof legend === "boolean" ? legend : spec.marks.some(needsLegend);
}

/**
 * Whether the legend fits beside the label of the y axis, where it needs no height of its own. It can when the notebook
 * lists the series and they are few. Widths are estimated at 6 pixels per letter; an unknown width (0) counts as wide enough.
 */
export function legendBeside(spec: PlotSpec, width: number): boolean {
  const { options } = spec;
  const { domain } = record(options.color);
  if (!hasLegend(spec) || !Array.isArray(domain) || options.title || options.subtitle) return false;
  const { label } = record(options.y);
  const letters = [typeof label === "string" ? label : "", ...domain.map(String)].join("").length;
  return width === 0 || letters * 6 + domain.length * 24 + 24 < width;
}

/** The colour of a method in all charts, in the order in which the methods were first trained. */
export function methodColor(runs: Readonly<Record<string, RunState>>, method: string): string | undefined {
  return palette[methodsOf(runs).indexOf(method) % palette.length];
}

function methodsOf(runs: Readonly<Record<string, RunState>>): readonly string[] {
  return [...new Set(Object.values(runs).map((run) => run.info.method))];
}

/** Bars that an axis already labels need no legend. */
function needsLegend(mark: PlotMark): boolean {
  const channel = colorChannel(mark);
  const { x, y, fx, fy } = mark.options;
  return channel !== undefined && ![x, y, fx, fy].includes(channel);
}

/** The colour scale: the notebook's, with the page's colours where it sets none and the values are names. */
export function colorScale(
  spec: PlotSpec,
  points: readonly (readonly Point[] | null)[],
  runs: Readonly<Record<string, RunState>>,
): PlotOptions {
  const given = record(spec.options.color);
  const legend = hasLegend(spec) && points.some((each) => (each?.length ?? 0) > 0);
  if (["range", "scheme", "type"].some((each) => each in given)) return { ...given, legend };
  const methods = methodsOf(runs);
  const series = seriesOf(spec, points);
  const others = series.filter((each) => !methods.includes(each));
  const place = (name: string): number =>
    methods.includes(name) ? methods.indexOf(name) : methods.length + others.indexOf(name);
  const named =
    Array.isArray(given.domain) && series.length > 0
      ? given.domain.map(String)
      : series.sort((a, b) => place(a) - place(b));
  if (named.length === 0) return { ...given, legend };
  return {
    type: "categorical",
    ...given,
    domain: named,
    range: named.map((each) => palette[place(each) % palette.length]),
    legend,
  };
}

/** The names that colour the marks, first those that the notebook lists; empty when the values are numbers. */
function seriesOf(spec: PlotSpec, points: readonly (readonly Point[] | null)[]): string[] {
  const { domain } = record(spec.options.color);
  const series = new Set(Array.isArray(domain) ? domain.filter((each) => typeof each === "string") : []);
  spec.marks.forEach((mark, i) => {
    const channel = colorChannel(mark);
    if (channel === undefined) return;
    for (const point of points[i] ?? []) {
      const value = point[channel];
      if (typeof value === "string") series.add(value);
    }
  });
  return [...series];
}

export function record(value: PlotValue): PlotOptions {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as PlotOptions) : {};
}
