/** What is known about a measure by its name: in which table it is, and whether more of it is better. */
import type { RunSummary } from "./types.ts";

export type Direction = "higher" | "lower" | "neither";

/** Columns of a row that tell how the training went, not how well. */
const NEITHER = new Set(["learningRate", "gradNorm", "step", "entropy"]);
const HIGHER_IN_ROWS = new Set(["tokensPerSecond", "reward", "margin", "accuracy"]);
/** Probes whose low values are good. All other probes of Palimpsest are accuracies and scores. */
const LOWER =
  /loss|nll|crossEntropy|perplexity|divergence|forgetting|^ter$|heldOut|overRefusal|offTarget|undetermined|cutOff$|^literal$|repeat|error|heldout/i;

/** Whether more of a measure is better. Of the user's own probes the name is all that is known, so the page lets the user turn it. */
export function directionOf(table: "losses" | "probes", name: string): Direction {
  if (table === "probes") return LOWER.test(name) ? "lower" : "higher";
  if (NEITHER.has(name)) return "neither";
  return HIGHER_IN_ROWS.has(name) ? "higher" : "lower";
}

export type MeasureName = { readonly table: "losses" | "probes"; readonly name: string };

/** All measures of some runs: the loss and the probes first, then the other columns of the rows. */
export function measureNames(runs: readonly Pick<RunSummary, "losses" | "probes">[]): readonly MeasureName[] {
  const names = (table: "losses" | "probes"): MeasureName[] =>
    [...new Set(runs.flatMap((run) => Object.keys(run[table])))].map((name) => ({ table, name }));
  const losses = names("losses");
  const isLoss = ({ name }: MeasureName): boolean => name === "loss";
  return [...losses.filter(isLoss), ...names("probes"), ...losses.filter((each) => !isLoss(each))];
}
