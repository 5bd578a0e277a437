/** The end of a notebook: the models side by side, for the reader as a table and for a headless run as data. */
import { host } from "../host.ts";
import { seedBands } from "../measure/statistics/seed-band.ts";
import type { Result } from "../types.ts";
import { compareEvaluations, isEvaluated } from "../world/measure/evaluation-comparison.ts";
import { tableOutput } from "./table.ts";

/** What the table shows of a result, in this order, as far as the results have it; the data hold all. */
const columns = [
  "method",
  "velanChat",
  "velanHeldWording",
  "velanRefusal",
  "velanOverRefusal",
  "chrf",
  "offTarget",
  "general",
  "touched",
  "format",
  "untouched",
  "refusal",
  "overRefusal",
  "orinChrf",
  "forgetting",
  "crossEntropyRise",
];

/**
 * Shows the results and hands them to whoever runs the notebook. Shares are fractions from 0 to 1. Below stands what the
 * differences are worth: each evaluation against the first, paired item by item; and of methods with several results, one
 * per seed, the band.
 */
export function report(results: readonly Result[]): void {
  const shown = columns.filter((column) => results.some((result) => column in result));
  host().show(tableOutput(results.map(rounded), { columns: shown }));
  const [first, ...others] = results.filter(isEvaluated);
  const compared = first ? others.flatMap((other) => compareEvaluations(first, other)) : [];
  if (compared.length > 0) host().show(tableOutput(compared.map(rounded), { columns: comparisonColumns }));
  const bands = seedBands(results).filter(({ seeds }) => seeds > 1);
  if (bands.length > 0) host().show(tableOutput(bands.map(rounded)));
  host().report(results);
}

const comparisonColumns = ["method", "against", "measure", "difference", "low", "high", "verdict"];

function rounded(result: object): object {
  const fields = Object.entries(result).map(([name, value]) => [
    name,
    typeof value === "number" ? Math.round(value * 1e3) / 1e3 : value,
  ]);
  return Object.fromEntries(fields);
}
