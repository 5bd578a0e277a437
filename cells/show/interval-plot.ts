/** The picture of a report: each measure is a strip, in which each method has a dot for its score and a line for its interval. */
import type { ScoreInterval } from "../measure/statistics/intervals.ts";
import type { Output } from "../output.ts";
import { Plot } from "./plot.ts";

/** One chart for each unit; nothing if there are no scores. */
export function intervalPlots(scores: readonly ScoreInterval[]): Output[] {
  const units = [...new Set(scores.map(({ unit }) => unit))];
  return units.map((unit) =>
    intervalPlot(
      scores.filter((each) => each.unit === unit),
      unit,
    ),
  );
}

function intervalPlot(scores: readonly ScoreInterval[], unit: ScoreInterval["unit"]): Output {
  const methods = [...new Set(scores.map(({ method }) => method))];
  const measures = [...new Set(scores.map(({ measure }) => measure))];
  const place = { y: "method", fy: "measure" };
  const longest = Math.max(...measures.map((measure) => measure.length));
  const shares = unit === "share" ? { domain: shareDomain(scores) } : {};
  return Plot.plot({
    height: 60 + measures.length * (14 + 16 * methods.length),
    marginLeft: 20 + 7 * longest,
    marginRight: 16,
    x: { ...shares, label: unit === "share" ? "score, with its 95 % interval over items" : unit, grid: true },
    y: { domain: methods, axis: null },
    fy: { domain: measures, label: null },
    color: { domain: methods, legend: true },
    marks: [
      Plot.ruleY(scores, { ...place, x1: "low", x2: "high", stroke: "method", strokeWidth: 2 }),
      Plot.dot(scores, {
        ...place,
        x: "score",
        fill: "method",
        tip: true,
        channels: { low: "low", high: "high", items: "items", better: "better" },
      }),
    ],
  }).output;
}

/** From 0 to 1, or further where a score is beyond, as COMET can be. */
const shareDomain = (scores: readonly ScoreInterval[]): [number, number] => [
  Math.min(0, ...scores.map(({ low }) => low)),
  Math.max(1, ...scores.map(({ high }) => high)),
];
