/**
 * The end of a notebook: the results of all models side by side, as a table for the reader and as data for a headless run, with
 * whatever measures they have. Of evaluations, which have items, each score is drawn with its interval, and listed. Two more tables say
 * what the differences mean: each evaluation compared with the first one item by item, and the range over seeds of each method that
 * has several results.
 */
import { host } from "../host.ts";
import type { Evaluation } from "../measure/evaluation/evaluation.ts";
import { compareEvaluations } from "../measure/statistics/evaluation-comparison.ts";
import { type ScoreInterval, scoreIntervals } from "../measure/statistics/intervals.ts";
import { seedBands } from "../measure/statistics/seed-band.ts";
import { requireKnown } from "../options.ts";
import type { Output } from "../output.ts";
import type { Result } from "../types.ts";
import { intervalPlots } from "./interval-plot.ts";
import { tableOutput } from "./table.ts";

export type ReportOptions = {
  /** The columns to show and their order, as far as the results have them. The picture and its table have the same measures. Default: all. */
  readonly columns?: readonly string[];
};

/**
 * Shows the tables and hands the flat results to whoever runs the notebook.
 * @param models a result of your own making, or what `evaluate` returns
 */
export function report(models: readonly (Result | Evaluation)[], options: ReportOptions = {}): void {
  requireKnown("report(…)", options, ["columns"]);
  const { columns } = options;
  const results = models.map((model) => (isEvaluation(model) ? model.result : model));
  const evaluations = models.filter(isEvaluation);
  const intervals = evaluations
    .flatMap((evaluation) => scoreIntervals(evaluation))
    .filter(({ measure }) => columns === undefined || columns.includes(measure));
  const outputs = [
    resultTable(results, columns),
    ...intervalPlots(intervals),
    intervalTable(intervals),
    differenceTable(evaluations),
    seedTable(results),
  ];
  for (const each of outputs) if (each) host().show(each);
  host().report(results);
}

const isEvaluation = (model: Result | Evaluation): model is Evaluation => typeof model.result === "object";

function resultTable(results: readonly Result[], columns?: readonly string[]): Output {
  const present = columns?.filter((column) => results.some((result) => column in result));
  return tableOutput(results.map(rounded), present && { columns: present });
}

/** The score of each measure with its interval; undefined without evaluations. */
function intervalTable(intervals: readonly ScoreInterval[]): Output | undefined {
  if (intervals.length === 0) return undefined;
  return tableOutput(intervals.map(rounded), { columns: ["method", "measure", "score", "low", "high", "items"] });
}

/** Each evaluation against the first; undefined where there is nothing to compare. */
function differenceTable([first, ...others]: readonly Evaluation[]): Output | undefined {
  const compared = first ? others.flatMap((other) => compareEvaluations(first, other)) : [];
  if (compared.length === 0) return undefined;
  const columns = ["method", "against", "measure", "difference", "low", "high", "verdict"];
  return tableOutput(compared.map(rounded), { columns });
}

/** The range of each measure over the seeds of a method; undefined where every method has one result. */
function seedTable(results: readonly Result[]): Output | undefined {
  const bands = seedBands(results).filter(({ seeds }) => seeds > 1);
  return bands.length > 0 ? tableOutput(bands.map(rounded)) : undefined;
}

/** Numbers with three decimals, for the reader. */
const rounded = (record: object): object =>
  Object.fromEntries(
    Object.entries(record).map(([name, value]) => [
      name,
      typeof value === "number" ? Math.round(value * 1e3) / 1e3 : value,
    ]),
  );
