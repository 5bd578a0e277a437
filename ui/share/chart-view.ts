/** What a reader sees of a chart: without the series that are hidden, and between two values of x. It is pure. */
import type { Columns, Datum, PlotMark, PlotSpec, PlotValue } from "../../server/values.ts";
import { colorChannel, record } from "../plot/colors.ts";
import type { TableData } from "./payload.ts";

export type Series = { readonly name: string; readonly color: string };
/** Numbers, or milliseconds since 1970 for dates. */
export type Span = readonly [number, number];
export type ChartView = { readonly hidden: ReadonlySet<string>; readonly zoom?: Span };

/** The named series of a chart with their colours; none if its colours are not those of names. */
export function seriesOf(spec: PlotSpec): readonly Series[] {
  const { domain, range } = record(spec.options.color);
  if (!Array.isArray(domain) || !Array.isArray(range) || domain.length !== range.length) return [];
  if (!spec.marks.some((mark) => colorChannel(mark) !== undefined)) return [];
  return domain.map((name, i) => ({ name: String(name), color: String(range[i]) }));
}

export function viewOf(spec: PlotSpec, { hidden, zoom }: ChartView): PlotSpec {
  const series = seriesOf(spec);
  const { color, x } = spec.options;
  const marks = spec.marks.map((mark) => {
    const shown = hidden.size === 0 ? mark : withRows(mark, colorChannel(mark), (value) => !hidden.has(String(value)));
    return zoom ? withRows(shown, columnOf(mark, ["x", "x1"]), (value) => isBetween(zoom, value)) : shown;
  });
  return {
    marks,
    options: {
      ...spec.options,
      // The buttons below the chart are its legend.
      ...(series.length > 0 && { color: { ...record(color), legend: false } }),
      ...(zoom && { x: { ...record(x), domain: zoom.map((each) => (isOverTime(spec) ? { $date: each } : each)) } }),
    },
  };
}

/** Whether a part of the x axis can be chosen. A chart with facets has several of them. */
export function canZoom(spec: PlotSpec): boolean {
  const faceted = spec.marks.some(({ options }) => options.fx !== undefined || options.fy !== undefined);
  return !faceted && xValues(spec).some((each) => numberOf(each) !== undefined);
}

/** The least and the greatest x. */
export function spanOf(spec: PlotSpec): Span {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of xValues(spec)) {
    const number = numberOf(value);
    if (number === undefined) continue;
    low = Math.min(low, number);
    high = Math.max(high, number);
  }
  return [low, high];
}

export function isOverTime(spec: PlotSpec): boolean {
  return xValues(spec).some((each) => typeof each === "object" && each !== null && "$date" in each);
}

/** All points of the chart as one table. Marks that draw the same points are in it once. */
export function tableOf(spec: PlotSpec): TableData {
  const parts = new Map<string, { readonly mark: string; readonly columns: Columns; readonly length: number }>();
  for (const { mark, data } of spec.marks)
    if (data?.kind === "columns" && Object.keys(data.columns).length > 0)
      parts.set(JSON.stringify(data.columns), { mark, columns: data.columns, length: data.length });
  const all = [...parts.values()];
  const names = [...new Set(all.flatMap(({ columns }) => Object.keys(columns)))];
  const several = all.length > 1;
  const rows = all.flatMap(({ mark, columns, length }) =>
    Array.from({ length }, (_, i): Datum[] => [
      ...(several ? [mark] : []),
      ...names.map((name) => columns[name]?.[i] ?? null),
    ]),
  );
  return { kind: "table", columns: [...(several ? ["mark"] : []), ...names], rows, total: rows.length };
}

function withRows(mark: PlotMark, column: string | undefined, keeps: (value: Datum) => boolean): PlotMark {
  const { data } = mark;
  const values = column === undefined || data?.kind !== "columns" ? undefined : data.columns[column];
  if (!values || data?.kind !== "columns") return mark;
  const kept = values.flatMap((value, i) => (keeps(value) ? [i] : []));
  if (kept.length === values.length) return mark;
  const columns = Object.entries(data.columns).map(([name, all]) => [name, kept.map((i) => all[i]!)] as const);
  return { ...mark, data: { kind: "columns", columns: Object.fromEntries(columns), length: kept.length } };
}

function xValues({ marks }: PlotSpec): readonly Datum[] {
  return marks.flatMap((mark) => {
    const column = columnOf(mark, ["x", "x1", "x2"]);
    return column !== undefined && mark.data?.kind === "columns" ? mark.data.columns[column]! : [];
  });
}

function columnOf({ data, options }: PlotMark, channels: readonly string[]): string | undefined {
  const columns = data?.kind === "columns" ? data.columns : {};
  return channels
    .map((each): PlotValue => options[each])
    .find((each): each is string => typeof each === "string" && each in columns);
}

function isBetween([from, to]: Span, value: Datum): boolean {
  const number = numberOf(value);
  return number === undefined || (number >= from && number <= to);
}

function numberOf(value: Datum): number | undefined {
  if (typeof value === "number") return value;
  return typeof value === "object" && value !== null && "$date" in value ? value.$date : undefined;
}
