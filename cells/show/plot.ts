/**
 * `Plot` for cells: the marks of Observable Plot with their types. They draw nothing here but record the call. The page draws the
 * record with the real Plot, and draws it again as rows arrive if the data of a mark are a live table.
 *
 * The limits: transforms (`Plot.binX`, `Plot.windowY`, …) and functions other than channels would have to run in the page, which
 * runs no code of cells. Transform the data in the cell instead.
 */
import type * as ObservablePlot from "@observablehq/plot";
import type { PlotMark } from "../output.ts";
import { plotMark, plotOptions } from "./plot-mark.ts";
import { Shown } from "./shown.ts";

const dataMarks = [
  "area",
  "areaX",
  "areaY",
  "arrow",
  "barX",
  "barY",
  "boxX",
  "boxY",
  "cell",
  "cellX",
  "cellY",
  "circle",
  "crosshair",
  "crosshairX",
  "crosshairY",
  "density",
  "differenceX",
  "differenceY",
  "dot",
  "dotX",
  "dotY",
  "hexagon",
  "image",
  "line",
  "lineX",
  "lineY",
  "linearRegressionX",
  "linearRegressionY",
  "link",
  "rect",
  "rectX",
  "rectY",
  "ruleX",
  "ruleY",
  "text",
  "textX",
  "textY",
  "tickX",
  "tickY",
  "tip",
  "vector",
  "vectorX",
  "vectorY",
  "waffleX",
  "waffleY",
] as const;
const frameMarks = [
  "axisFx",
  "axisFy",
  "axisX",
  "axisY",
  "frame",
  "gridFx",
  "gridFy",
  "gridX",
  "gridY",
  "hexgrid",
] as const;

type PlotOptions = Omit<ObservablePlot.PlotOptions, "marks">;

/** A recorded mark; `mark.plot()` is a chart of this mark alone. */
export class RecordedMark {
  readonly mark: PlotMark;

  constructor(mark: PlotMark) {
    this.mark = mark;
  }

  plot(options: PlotOptions & { marks?: Marks } = {}): Shown {
    return plot({ ...options, marks: [this, options.marks ?? []] });
  }
}

export type Marks = readonly (RecordedMark | Marks | null | undefined)[];

/** A chart as data. It is drawn as the last expression of a cell, or by `show(…)`. */
function plot({ marks = [], ...options }: PlotOptions & { marks?: Marks } = {}): Shown {
  return new Shown({ kind: "plot", spec: { options: plotOptions(options, "Plot.plot"), marks: flatten(marks) } });
}

function flatten(marks: Marks): PlotMark[] {
  return marks.flatMap((mark) => {
    if (mark === null || mark === undefined) return [];
    if (mark instanceof RecordedMark) return [mark.mark];
    if (Array.isArray(mark)) return flatten(mark);
    throw new Error(
      "The list of marks has something that is not a mark. Make marks with functions of Plot, such as Plot.lineY(data, options).",
    );
  });
}

type Marker<F extends (...given: never[]) => unknown> = (...given: Parameters<F>) => RecordedMark;
type Facade = { readonly plot: typeof plot } & {
  readonly [name in (typeof dataMarks)[number] | (typeof frameMarks)[number]]: Marker<(typeof ObservablePlot)[name]>;
};

export const Plot = Object.freeze({
  plot,
  ...Object.fromEntries(
    dataMarks.map((name) => [
      name,
      (data?: unknown, options?: object) => new RecordedMark(plotMark(name, data ?? [], options)),
    ]),
  ),
  ...Object.fromEntries(
    frameMarks.map((name) => [name, (options?: object) => new RecordedMark(plotMark(name, null, options))]),
  ),
}) as Facade;
