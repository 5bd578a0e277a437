/**
 * The stop and alert rules of a run, checked after each row. A rule raises its alert when it begins to hold, and not
 * again until it has ceased to hold in between. Rules only read: the training is the same with and without them.
 */
import type { Rule } from "../../contracts.ts";
import { nearest } from "../../nearest.ts";
import type { ProbeRow, Row } from "../../types.ts";

export type Alert = { readonly name: string; readonly message: string };
/** `stop` is the reason of the stop rule that holds; undefined if none does. */
export type RuleFindings = { readonly alerts: readonly Alert[]; readonly stop: string | undefined };

type CheckedRule = { readonly rule: Rule; readonly name: string; holds: boolean; column: "unchecked" | "checked" };

export class RunRules {
  readonly #stopRules: CheckedRule[] = [];
  readonly #alertRules: CheckedRule[] = [];
  #rows: Row[] = [];
  #probes: ProbeRow[] = [];
  #latestProbes: ProbeRow | undefined;

  /** @param parent the rules of the run that this one is forked from; they apply here too */
  constructor(parent: RunRules | undefined) {
    for (const { rule, name } of parent ? parent.#stopRules : []) this.stopWhen(rule, name);
    for (const { rule, name } of parent ? parent.#alertRules : []) this.alertWhen(rule, name);
  }

  stopWhen(rule: Rule, name = rule.name): void {
    this.#stopRules.push({ rule, name: name || "stop rule", holds: false, column: "unchecked" });
  }

  alertWhen(rule: Rule, name = rule.name): void {
    this.#alertRules.push({ rule, name: name || "alert", holds: false, column: "unchecked" });
  }

  /** Adds an earlier row, which is not checked. */
  sawRow(row: Row): void {
    this.#rows.push({ ...this.#latestProbes, ...row });
  }

  sawProbes(row: ProbeRow): void {
    this.#probes.push(row);
    this.#latestProbes = { ...this.#latestProbes, ...row };
  }

  check(row: Row): RuleFindings {
    const extended: Row = { ...this.#latestProbes, ...row };
    const unknown = this.#unknownColumns(extended);
    const alertRules = this.#begunToHold(this.#alertRules, extended);
    const stopRules = this.#begunToHold(this.#stopRules, extended);
    this.#rows.push(extended);
    return {
      alerts: [...unknown, ...alertRules.found, ...alertRules.failed, ...stopRules.failed],
      stop: stopRules.found[0]?.message,
    };
  }

  /** Forgets all rows and probe measurements. */
  reset(): void {
    this.#rows = [];
    this.#probes = [];
    this.#latestProbes = undefined;
    for (const checked of [...this.#stopRules, ...this.#alertRules]) checked.holds = false;
  }

  /**
   * Rules about columns that the run does not have; each is reported once. All probes are measured before the first step, so the
   * first row has all columns, except measures that cannot be said yet.
   */
  #unknownColumns(row: Row): Alert[] {
    return [...this.#alertRules, ...this.#stopRules].flatMap((checked) => {
      const { column } = checked.rule;
      if (column === undefined || checked.column === "checked") return [];
      checked.column = "checked";
      if (row[column] !== undefined || this.#rows.some((each) => each[column] !== undefined)) return [];
      const columns = Object.keys(row).filter((name) => name !== "step");
      const similar = nearest(column, columns);
      const hint = similar === undefined ? "" : ` Did you mean "${similar}"?`;
      const message = `No row has a column "${column}" so far.${hint} The columns are ${columns.join(", ")}.`;
      return [{ name: checked.name, message }];
    });
  }

  /**
   * @returns the rules that begin to hold at this row, and those that threw; a rule that throws must not end the
   * training, so it is removed
   */
  #begunToHold(rules: CheckedRule[], row: Row): { readonly found: Alert[]; readonly failed: Alert[] } {
    const found: Alert[] = [];
    const failed: Alert[] = [];
    for (const checked of [...rules]) {
      const { rule, name, holds } = checked;
      try {
        const answer = rule(row, this.#rows, this.#probes);
        checked.holds = answer !== false;
        if (answer !== false && !holds) found.push({ name, message: (answer !== true && answer) || name });
      } catch (error) {
        rules.splice(rules.indexOf(checked), 1);
        const why = error instanceof Error ? error.message : String(error);
        failed.push({ name, message: `The rule failed and is no longer checked: ${why}` });
      }
    }
    return { found, failed };
  }
}
