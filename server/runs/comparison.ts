/**
 * Final measures of experiments against a baseline. Each experiment is one run, or the runs of several seeds; then each seed is
 * compared with the same seed of the baseline, and the interval of these differences says whether the difference is more than noise.
 * A seed that failed, or has no value, is said and counts against its experiment: without the seeds that diverged, the others
 * would look better than the experiment is.
 */
import { type Band, bandOf, type PairedDifference, pairedDifference } from "./band.ts";
import { type Direction, directionOf, measureNames } from "./measures.ts";
import type { RunSummary } from "./types.ts";

/**
 * `one seed`, `no common seed`, `equal differences`: nothing says how large the noise is. `seeds missing`: the other seeds are better
 * than the baseline's, or worse than them because the baseline lacks seeds. `neither`: no direction is better.
 */
export type Judgement =
  | "better"
  | "worse"
  | "inside the noise"
  | "one seed"
  | "no common seed"
  | "equal differences"
  | "seeds missing"
  | "neither";
export type MissingSeed = { readonly seed: number; readonly why: "failed" | "no value" };
export type ComparedValue = {
  readonly band?: Band;
  /** The experiment's seeds without a final value. */
  readonly missing: readonly MissingSeed[];
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
    const base = seedValues(experiments[baseline] ?? [], table, name);
    const values = experiments.map((runs, at): ComparedValue => {
      const found = seedValues(runs, table, name);
      const { missing } = found;
      if (found.all.length === 0) return { missing };
      const band = bandOf(found.all);
      if (at === baseline || base.all.length === 0) return { band, missing };
      return { band, missing, against: compared(base, found, direction) };
    });
    return { table, name, direction, values };
  });
}

type SeedValues = {
  /** Of all runs, also of failed ones: their latest values. */
  readonly all: readonly number[];
  /** The final values, by seed. */
  readonly final: ReadonlyMap<number, number>;
  readonly missing: readonly MissingSeed[];
};

function seedValues(runs: Experiment, table: "losses" | "probes", name: string): SeedValues {
  const final = new Map<number, number>();
  const missing: MissingSeed[] = [];
  for (const { seed, status, [table]: measured } of runs) {
    const value = measured[name];
    if (status === "failed") missing.push({ seed, why: "failed" });
    else if (value !== undefined) final.set(seed, value);
    // A run that goes on may still measure it.
    else if (status !== "running") missing.push({ seed, why: "no value" });
  }
  return { all: runs.flatMap((run) => run[table][name] ?? []), final, missing };
}

/** Each seed that both have, with the same seed of the baseline. */
function compared(
  base: SeedValues,
  found: SeedValues,
  direction: Direction,
): PairedDifference & { readonly judgement: Judgement } {
  const differences = [...found.final].flatMap(([seed, to]) => {
    const from = base.final.get(seed);
    return from === undefined ? [] : [to - from];
  });
  if (differences.length === 0) {
    const difference = bandOf(found.all).mean - bandOf(base.all).mean;
    return { difference, pairs: 0, judgement: "no common seed" };
  }
  const paired = pairedDifference(differences);
  const judgement = judgementOf(paired, direction);
  const lacks = (one: SeedValues, other: SeedValues): boolean => one.missing.some(({ seed }) => other.final.has(seed));
  const isFlattered = (judgement === "better" && lacks(found, base)) || (judgement === "worse" && lacks(base, found));
  return { ...paired, judgement: isFlattered ? "seeds missing" : judgement };
}

function judgementOf({ difference, interval, pairs }: PairedDifference, direction: Direction): Judgement {
  if (!interval) return pairs === 1 ? "one seed" : "equal differences";
  const [low, high] = interval;
  if (low <= 0 && high >= 0) return "inside the noise";
  if (direction === "neither") return "neither";
  return difference > 0 === (direction === "higher") ? "better" : "worse";
}
