/**
 * From a recorded chart to what Observable Plot is called with: pure, so that the numbers on the screen can be tested.
 * Live charts get what makes them calm: one line per run, an x axis that knows how many steps will come, and the
 * page's colours where the notebook chose none.
 */
import type { RunState } from "../../server/state/state.ts";
import type { PlotMark, PlotOptions, PlotSpec, PlotValue } from "../../server/values.ts";
import { colorChannel, colorScale, record } from "./colors.ts";
import { decimate, type Point } from "./decimate.ts";
import { pointsOf, type TaggedRows } from "./points.ts";

export type DrawnMark = {
  readonly name: string;
  /** Null for a frame or an axis. */
  readonly points: readonly Point[] | null;
  /** How many points there are; `points` holds fewer when they were too many to see. */
  readonly total: number;
  readonly options: PlotOptions;
};
export type Drawing = { readonly marks: readonly DrawnMark[]; readonly options: PlotOptions; readonly live: boolean };

type Runs = Readonly<Record<string, RunState>>;

const most = 2000;
const defaultHeight = 280;
const denseHeight = 208;
const decimated = /^(line|dot|area|circle)/;
const connected = /^(line|area)/;
const positions = ["x", "y", "x1", "x2", "y1", "y2"] as const;

/** In pixels; known before the data. `dense`: the chart stands beside others. */
export function heightOf(spec: PlotSpec, dense = false): number {
  const { height } = spec.options;
  if (typeof height === "number") return height;
  return dense ? denseHeight : defaultHeight;
}

export function isLive(spec: PlotSpec): boolean {
  return spec.marks.some((mark) => mark.data?.kind === "live");
}

/** With the forks that the user asked for beside the runs that they are forks of: no cell could name them. */
export function withForks(spec: PlotSpec, runs: Runs): PlotSpec {
  const forks = Object.values(runs).filter(({ info }) => info.parent?.asked);
  if (forks.length === 0) return spec;
  const marks = spec.marks.map((mark): PlotMark => {
    if (mark.data?.kind !== "live") return mark;
    const shown = new Set(mark.data.runs);
    // A fork is younger than its parent, so forks of forks come later.
    for (const { info } of forks) if (info.parent && shown.has(info.parent.run)) shown.add(info.id);
    return { ...mark, data: { ...mark.data, runs: [...shown] } };
  });
  return { ...spec, marks };
}

export function drawing(written: PlotSpec, runs: Runs, tagged: TaggedRows, width: number, dense = false): Drawing {
  const spec = withForks(written, runs);
  const marks = spec.marks.map((mark) => drawnMark(mark, runs, tagged));
  const given = spec.options;
  return {
    marks: [...marks, ...alertMarks(spec, runs)],
    live: isLive(spec),
    options: {
      marginTop: 28,
      marginLeft: 48,
      marginBottom: 36,
      ...given,
      width,
      height: heightOf(spec, dense),
      x: xScale(spec, runs),
      y: { nice: !("domain" in record(given.y)), ...record(given.y) },
      color: colorScale(
        spec,
        marks.map((mark) => mark.points),
        runs,
      ),
      ariaLabel: given.ariaLabel ?? describe(spec),
    },
  };
}

function drawnMark(mark: PlotMark, runs: Runs, tagged: TaggedRows): DrawnMark {
  const { data, options } = mark;
  if (!data) return { name: mark.mark, points: null, total: 0, options };
  if (data.kind === "columns") {
    const all = pointsOf(data.columns, data.length);
    const series = [options.z, options.stroke, options.fill].find(
      (each) => typeof each === "string" && each in data.columns,
    );
    return { name: mark.mark, points: fewer(mark, all, series), total: all.length, options };
  }
  const needed = positions.map((each) => options[each]).filter((each) => typeof each === "string");
  const all = tagged.of(data, runs).filter((point) => needed.every((name) => point[name] !== undefined));
  const perRun =
    connected.test(mark.mark) && options.z === undefined && [undefined, "method", "run"].includes(colorChannel(mark));
  return {
    name: mark.mark,
    points: fewer(mark, all, "run"),
    total: all.length,
    options: perRun ? { ...options, z: "run" } : options,
  };
}

function fewer(mark: PlotMark, points: readonly Point[], series: PlotValue): readonly Point[] {
  const y = mark.options.y ?? mark.options.y2;
  if (!decimated.test(mark.mark) || typeof y !== "string") return points;
  return decimate(points, y, typeof series === "string" ? series : undefined, most);
}

/** Where an alert of a drawn run was raised: a dashed line, with what was said at its head. None where nothing was. */
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
    { name: "ruleX", points, total: points.length, options: { ...alert, strokeDasharray: "3,3" } },
    { name: "dot", points, total: points.length, options: { ...alert, ...head } },
  ];
}

/** The runs whose live tables are drawn over the steps. */
function runsOverSteps(spec: PlotSpec): readonly string[] {
  return spec.marks.flatMap((mark) => (mark.data?.kind === "live" && mark.options.x === "step" ? mark.data.runs : []));
}

/** While runs go on, the axis reaches to where they will end: it does not shift with every row. */
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
