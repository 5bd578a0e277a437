/**
 * From the chart that a cell recorded to the arguments of Observable Plot. It is pure, so that the numbers on the screen can
 * be tested. A live chart gets one line for each run, an x axis that already covers all steps of a running training, and the
 * page's colours where the notebook chose none.
 */

import type { Resolution } from "../../server/chart/thinned.ts";
import { count, thinned } from "../../server/chart/thinning.ts";
import type { RunState } from "../../server/state/state.ts";
import type { PlotMark, PlotOptions, PlotSpec, PlotValue } from "../../server/values.ts";
import { colorChannel, colorScale, record } from "./colors.ts";
import { type Point, pointsOf, rowsOf, type TaggedRows } from "./points.ts";

export type DrawnMark = {
  readonly name: string;
  /** Null for a frame or an axis. */
  readonly points: readonly Point[] | null;
  /** How many points there are; `points` holds fewer when there are too many to see. */
  readonly total: number;
  readonly options: PlotOptions;
  /** What is not drawn as it was given, as sentences. */
  readonly notes: readonly string[];
};
export type Drawing = {
  readonly marks: readonly DrawnMark[];
  readonly options: PlotOptions;
  readonly live: boolean;
  readonly notes: readonly string[];
};

/** `compact`: the chart is in a grid beside others. */
export type ChartSize = "regular" | "compact";

type Runs = Readonly<Record<string, RunState>>;

/** In pixels. */
const HEIGHTS: Readonly<Record<ChartSize, number>> = { regular: 280, compact: 208 };
/** Marks that connect their points. */
const CONNECTED = /^(line|area)/;
const POSITIONS = ["x", "y", "x1", "x2", "y1", "y2"] as const;

/** The height in pixels, known before the data. */
export function heightOf(spec: PlotSpec, size: ChartSize): number {
  const { height } = spec.options;
  return typeof height === "number" ? height : HEIGHTS[size];
}

export function isLive(spec: PlotSpec): boolean {
  return spec.marks.some((mark) => mark.data?.kind === "live");
}

/** The chart with the forks that the user made on a run's card, drawn with their parents: no cell could refer to them. */
export function withForks(spec: PlotSpec, runs: Runs): PlotSpec {
  const forks = Object.values(runs).filter(({ info }) => info.parent?.asked);
  if (forks.length === 0) return spec;
  const marks = spec.marks.map((mark): PlotMark => {
    if (mark.data?.kind !== "live") return mark;
    const shown = new Set(mark.data.runs);
    // A fork is created after its parent, so this loop also finds forks of forks.
    for (const { info } of forks) if (info.parent && shown.has(info.parent.run)) shown.add(info.id);
    return { ...mark, data: { ...mark.data, runs: [...shown] } };
  });
  return { ...spec, marks };
}

export type Frame = { readonly width: number; readonly size: ChartSize };

/**
 * @param tagged keeps the rows that were tagged before; one for each chart
 * @throws when a mark has too many items to draw and none may be left out
 */
export function drawing(recorded: PlotSpec, runs: Runs, tagged: TaggedRows, { width, size }: Frame): Drawing {
  const spec = withForks(recorded, runs);
  const { options } = spec;
  const resolution = { columns: Math.max(width, 1), scales: options };
  const marks = spec.marks.map((mark) => drawnMark(mark, runs, tagged, resolution));
  return {
    marks: [...marks, ...alertMarks(spec, runs)],
    notes: [...new Set(marks.flatMap(({ notes }) => notes))],
    live: isLive(spec),
    options: {
      marginTop: 28,
      marginLeft: 48,
      marginBottom: 36,
      ...options,
      width,
      height: heightOf(spec, size),
      x: xScale(spec, runs),
      y: { nice: !("domain" in record(options.y)), ...record(options.y) },
      color: colorScale(
        spec,
        marks.map((mark) => mark.points),
        runs,
      ),
      ariaLabel: options.ariaLabel ?? describe(spec),
    },
  };
}

function drawnMark(mark: PlotMark, runs: Runs, tagged: TaggedRows, resolution: Resolution): DrawnMark {
  const { data, options, notes = [] } = mark;
  if (!data) return { name: mark.mark, points: null, total: 0, options, notes };
  if (data.kind === "columns") {
    const all = pointsOf(data);
    return { name: mark.mark, options, ...someOf(mark, all, data.total ?? all.length, resolution) };
  }
  const needed = POSITIONS.map((each) => options[each]).filter((each) => typeof each === "string");
  const all = tagged.of(data, runs).filter((point) => needed.every((name) => point[name] !== undefined));
  const perRun =
    CONNECTED.test(mark.mark) && options.z === undefined && [undefined, "method", "run"].includes(colorChannel(mark));
  const drawnOptions = perRun ? { ...options, z: "run" } : options;
  const drawn = someOf({ ...mark, options: drawnOptions }, all, all.length, resolution);
  return { name: mark.mark, options: drawnOptions, ...drawn };
}

/** @param total how many there were before the kernel sent them */
function someOf(
  mark: PlotMark,
  all: readonly Point[],
  total: number,
  resolution: Resolution,
): Pick<DrawnMark, "points" | "total" | "notes"> {
  const { notes = [] } = mark;
  const found = thinned(mark, rowsOf(all), resolution);
  if (found.kind === "too-many") throw new Error(found.message);
  const points = found.kind === "all" ? all : found.indices.map((index) => all[index]!);
  const said = found.kind === "some" && found.note !== undefined ? [found.note] : [];
  // A line of fewer points looks the same. A sample does not.
  const isSample = points.length < total && !CONNECTED.test(mark.mark);
  const sample = isSample ? [`Shows ${count(points.length)} of ${count(total)} points.`] : [];
  return { points, total, notes: [...notes, ...said, ...sample] };
}

/** Each alert of a drawn run: a dashed line at its step, with the message at the top. */
function alertMarks(spec: PlotSpec, runs: Runs): DrawnMark[] {
  const points = [...new Set(runsOverSteps(spec))].flatMap((id) =>
    (runs[id]?.changes ?? []).flatMap((change): Point[] =>
      change.kind === "alert" ? [{ step: change.step, alert: `${change.name}: ${change.message}`, run: id }] : [],
    ),
  );
  if (points.length === 0) return [];
  const alert = { x: "step", stroke: "var(--warn)" };
  const head = {
    frameAnchor: "top",
    symbol: "triangle",
    fill: "var(--warn)",
    r: 4,
    title: "alert",
    tip: true,
  } as const;
  return [
    { name: "ruleX", points, total: points.length, options: { ...alert, strokeDasharray: "3,3" }, notes: [] },
    { name: "dot", points, total: points.length, options: { ...alert, ...head }, notes: [] },
  ];
}

/** The runs whose live tables are drawn with the step on the x axis. */
function runsOverSteps(spec: PlotSpec): readonly string[] {
  return spec.marks.flatMap((mark) => (mark.data?.kind === "live" && mark.options.x === "step" ? mark.data.runs : []));
}

/** While a run is training, the axis covers all its steps, so that it does not shift with every row. */
function xScale(spec: PlotSpec, runs: Runs): PlotOptions {
  const given = record(spec.options.x);
  const known = runsOverSteps(spec).flatMap((id) => runs[id] ?? []);
  if ("domain" in given || given.type === "log" || !known.some((run) => run.status === "running")) return given;
  return { ...given, domain: [0, Math.max(...known.map((run) => run.info.steps))] };
}

function describe(spec: PlotSpec): string {
  const name = (value: PlotValue): string | undefined => (typeof value === "string" ? value : undefined);
  const title = name(spec.options.title);
  if (title) return title;
  const mark = spec.marks.find((each) => name(each.options.y) ?? name(each.options.x));
  const y = name(mark?.options.y);
  const x = name(mark?.options.x);
  return y && x ? `Chart of ${y} over ${x}` : "Chart";
}
