/**
 * Rules that watch a run from row to row: some stop it, some only raise an alert. An alert is raised when its rule begins
 * to hold and not again before it has ceased to. A rule only looks; the training is the same with and without it.
 */
import type { Rule } from "../../contracts.ts";
import type { ProbeRow, Row } from "../../types.ts";

export const alerts = {
  /**
   * The loss stands out from the last `window` rows: by more than `deviations` standard deviations above their median,
   * the deviation being 1.4826 · MAD (its estimate for normal noise, which outliers do not move), and at least a
   * hundredth of the median. Silent for the first 16 rows.
   */
  lossSpike: ({ window = 32, deviations = 8 } = {}): Rule =>
    called("loss spike", ({ loss }, rows) => {
      const losses = rows.slice(-window).map((row) => row.loss);
      if (losses.length < 16) return false;
      const middle = median(losses);
      const spread = 1.4826 * median(losses.map((each) => Math.abs(each - middle)));
      const above = (loss - middle) / Math.max(spread, Math.abs(middle) / 100, 1e-12);
      if (!(above > deviations)) return false;
      return `The loss is ${loss.toPrecision(3)}, where the last ${losses.length} steps have ${middle.toPrecision(3)} in the middle.`;
    }),

  /** A column of the rows, or a measure of the probes as last taken, is above a level. */
  above: (measure: string, level: number): Rule =>
    called(`${measure} above ${level}`, (row) => {
      const value = row[measure];
      return value !== undefined && value > level && `${measure} is ${Number(value.toPrecision(3))}.`;
    }),
};

export type Alert = { readonly name: string; readonly message: string };
/** What the rules say of a row. `stop` is why the run is to end. */
export type Verdict = { readonly alerts: readonly Alert[]; readonly stop: string | undefined };

type Watched = { readonly rule: Rule; readonly name: string; raised: boolean };

export class Judge {
  readonly #stops: Watched[] = [];
  readonly #alerts: Watched[] = [];
  #rows: Row[] = [];
  #measures: ProbeRow | undefined;

  /** The rules of another, which has seen nothing yet. */
  static like(other: Judge): Judge {
    const judge = new Judge();
    for (const { rule, name } of other.#stops) judge.stopWhen(rule, name);
    for (const { rule, name } of other.#alerts) judge.alertWhen(rule, name);
    return judge;
  }

  stopWhen(rule: Rule, name = rule.name): void {
    this.#stops.push({ rule, name: name || "stop rule", raised: false });
  }

  alertWhen(rule: Rule, name = rule.name): void {
    this.#alerts.push({ rule, name: name || "alert", raised: false });
  }

  /** Takes a row that nobody needs judged: it is in the past of those to come. */
  saw(row: Row): void {
    this.#rows.push({ ...this.#measures, ...row });
  }

  measured(row: ProbeRow): void {
    this.#measures = { ...this.#measures, ...row };
  }

  judge(row: Row): Verdict {
    const whole: Row = { ...this.#measures, ...row };
    const failed: Alert[] = [];
    /** A rule that fails is told of and not asked again: a training is worth more than a rule. */
    const asked = (rules: Watched[]): { name: string; says: string }[] =>
      [...rules].flatMap((watched) => {
        const was = watched.raised;
        try {
          const answer = watched.rule(whole, this.#rows);
          watched.raised = answer !== false;
          return answer === false || was ? [] : [{ name: watched.name, says: answer === true ? "" : answer }];
        } catch (error) {
          rules.splice(rules.indexOf(watched), 1);
          const why = error instanceof Error ? error.message : String(error);
          failed.push({ name: watched.name, message: `The rule failed and is not asked any more: ${why}` });
          return [];
        }
      });
    const raised = asked(this.#alerts).map(({ name, says }) => ({ name, message: says || name }));
    const [stop] = asked(this.#stops).map(({ name, says }) => says || name);
    this.#rows.push(whole);
    return { alerts: [...raised, ...failed], stop };
  }

  /** Forgets what it saw after a step. */
  rewind(to: number): void {
    this.#rows = this.#rows.filter(({ step }) => step <= to);
    this.#measures = undefined;
    for (const watched of [...this.#stops, ...this.#alerts]) watched.raised = false;
  }
}

function called(name: string, rule: Rule): Rule {
  return Object.defineProperty(rule, "name", { value: name });
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}
