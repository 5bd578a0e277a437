/** Ready-made rules for `run.stopWhen(…)`. */
import type { Rule } from "../../contracts.ts";
import { requireKnown } from "../../options.ts";

/** Whether smaller or larger values are better. */
export type Mode = "min" | "max";

export const stopping = {
  /**
   * A probe's measure or a column of the rows has had no better value in its last `patience` measurements (default: 5); of a probe
   * these are its own measurements, not steps. A value must be better by more than `minChange` (default: 0).
   * `mode`: `"min"` (default) if smaller is better, `"max"` if larger is.
   */
  noImprovement(
    column: string,
    options: { readonly patience?: number; readonly mode?: Mode; readonly minChange?: number } = {},
  ): Rule {
    requireKnown("stopping.noImprovement(…)", options, ["patience", "mode", "minChange"], { min_delta: "minChange" });
    const { patience = 5, mode = "min", minChange = 0 } = options;
    if (!Number.isInteger(patience) || patience < 1)
      throw new Error(`patience must be a whole number of at least 1, not ${patience}.`);
    if (mode !== "min" && mode !== "max") throw new Error(`mode must be "min" or "max", not ${JSON.stringify(mode)}.`);
    const sign = mode === "min" ? -1 : 1;
    const rule: Rule = (row, rows, probes = []) => {
      const measured = probes.some((each) => each[column] !== undefined) ? probes : [...rows, row];
      let [best, since] = [Number.NEGATIVE_INFINITY, 0];
      for (const { [column]: value } of measured) {
        if (value === undefined) continue;
        if (sign * value > best + minChange) [best, since] = [sign * value, 0];
        else since += 1;
      }
      const last = Number((sign * best).toPrecision(3));
      return since >= patience && `${column} has not improved in ${since} measurements; its best value is ${last}.`;
    };
    return Object.defineProperties(rule, { name: { value: `no improvement of ${column}` }, column: { value: column } });
  },
};
