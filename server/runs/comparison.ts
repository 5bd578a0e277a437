/**
 * Final measures of experiments against a baseline. Each experiment is one run, or the runs of several seeds; then each seed is
 * compared with the same seed of the baseline, and the interval of these differences says whether the difference is more than noise.
 */
import { type Band, bandOf, type PairedDifference, pairedDifference } from "./band.ts";
import { type Direction, directionOf, measureNames } from "./measures.ts";
import type { RunSummary } from "./types.ts";

/** `one seed`, `no common seed`: nothing says how large the noise is. `neither`: no direction is better. */
export type Judgement = "better" | "worse" | "inside the noise" | "one seed" | "no common seed" | "neither";
export type ComparedValue = {
  readonly band?: Band;
  /** Against the baseline; absent for the baseline itself. */
  readonly against?: PairedDifference & { readonly judgement: Judgement };
};
export type ComparedMeasure = {
  readonly table: "losses" | "probes";
  readonly name: string;
  readonly direction: Direction;
  /** One for each experiment. */
  readonly values: readonly ComparedValue[];
};

type Experiment = readonly RunSummary[];
export type Directions = Readonly<Record<string, Direction>>;

/** @param directions what the user has said about measures, by table and name */
export function comparedMeasures(
  experiments: readonly Experiment[],
  baseline: number,
  directions: Directions = {},
): readonly ComparedMeasure[] {
  return measureNames(experiments.flat()).map(({ table, name }) => {
    const direction = directions[`${table}.${name}`] ?? directionOf(table, name);
    const base = experiments[baseline] ?? [];
    const values = experiments.map((runs, at): ComparedValue => {
      const found = runs.flatMap((run) => run[table][name] ?? []);
      if (found.length === 0) return {};
      const band = bandOf(found);
      const before = base.flatMap((run) => run[table][name] ?? []);
      if (at === baseline || before.length === 0) return { band };
      const differences = pairedValues(base, runs, table, name);
      if (differences.length === 0) {
        const difference = band.mean - bandOf(before).mean;
        return { band, against: { difference, pairs: 0, judgement: "no common seed" } };
      }
      const paired = pairedDifference(differences);
      return { band, against: { ...paired, judgement: judgementOf(paired, direction) } };
    });
    return { table, name, direction, values };
  });
}

/** The differences of the seeds that both have. */
function pairedValues(base: Experiment, runs: Experiment, table: "losses" | "probes", name: string): readonly number[] {
  const before = new Map(base.map((run) => [run.seed, run[table][name]]));
  return runs.flatMap((run) => {
    const [from, to] = [before.get(run.seed), run[table][name]];
    return from === undefined || to === undefined ? [] : [to - from];
  });
}

function judgementOf({ difference, interval }: PairedDifference, direction: Direction): Judgement {
  if (!interval) return "one seed";
  const [low, high] = interval;
  if (low <= 0 && high >= 0) return "inside the noise";
  if (direction === "neither") return "neither";
  return difference > 0 === (direction === "higher") ? "better" : "worse";
}
