/** Ready-made rules for `run.stopWhen(…)` and `run.alertWhen(…)`. */
import type { Rule } from "../../contracts.ts";

/** No spike is reported before a run has this many rows. */
const FEWEST_ROWS = 16;
/** MAD · 1.4826 estimates the standard deviation of normal noise. */
const DEVIATIONS_PER_MAD = 1.4826;

export const alerts = {
  /**
   * The loss is far above the median of the last `window` rows (default 32): by more than `deviations` standard
   * deviations (default 8). The standard deviation is estimated as 1.4826 · MAD, which outliers do not change, and is
   * taken as at least 1% of the median. No spike is reported in the first 16 rows.
   */
  lossSpike: ({ window = 32, deviations = 8 } = {}): Rule =>
    named("loss spike", ({ loss }, rows) => {
      const losses = rows.slice(-window).map((row) => row.loss);
      if (losses.length < FEWEST_ROWS) return false;
      const center = median(losses);
      const deviation = DEVIATIONS_PER_MAD * median(losses.map((each) => Math.abs(each - center)));
      const excess = (loss - center) / Math.max(deviation, Math.abs(center) / 100, 1e-12);
      if (!(excess > deviations)) return false;
      return `The loss is ${loss.toPrecision(3)}; the median of the last ${losses.length} steps is ${center.toPrecision(3)}.`;
    }),

  /** A column of the rows, or the latest value of a probe's measure, is above a level. */
  above: (measure: string, level: number): Rule =>
    onColumn(measure, `${measure} above ${level}`, (value) => value > level),

  /** A column of the rows, or the latest value of a probe's measure, is below a level. */
  below: (measure: string, level: number): Rule =>
    onColumn(measure, `${measure} below ${level}`, (value) => value < level),
};

function onColumn(column: string, name: string, holds: (value: number) => boolean): Rule {
  const rule: Rule = ({ [column]: value }) =>
    value !== undefined && holds(value) && `${column} is ${Number(value.toPrecision(3))}.`;
  return Object.defineProperty(named(name, rule), "column", { value: column });
}

function named(name: string, rule: Rule): Rule {
  return Object.defineProperty(rule, "name", { value: name });
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}
