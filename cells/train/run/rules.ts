/**
 * The stop and alert rules of a run, checked after each row. A rule raises its alert when it begins to hold, and not
 * again until it has ceased to hold in between. Rules only read: the training is the same with and without them.
 */
import type { Rule } from "../../contracts.ts";
import type { ProbeRow, Row } from "../../types.ts";

export type Alert = { readonly name: string; readonly message: string };
/** `stop` is the reason of the stop rule that holds; undefined if none does. */
export type RuleFindings = { readonly alerts: readonly Alert[]; readonly stop: string | undefined };

type CheckedRule = { readonly rule: Rule; readonly name: string; holds: boolean };

export class RunRules {
  readonly #stopRules: CheckedRule[] = [];
  readonly #alertRules: CheckedRule[] = [];
  #rows: Row[] = [];
  #latestProbes: ProbeRow | undefined;

  /** @param parent the rules of the run that this one is forked from; they apply here too */
  constructor(parent: RunRules | undefined) {
    for (const { rule, name } of parent ? parent.#stopRules : []) this.stopWhen(rule, name);
    for (const { rule, name } of parent ? parent.#alertRules : []) this.alertWhen(rule, name);
  }

  stopWhen(rule: Rule, name = rule.name): void {
    this.#stopRules.push({ rule, name: name || "stop rule", holds: false });
  }

  alertWhen(rule: Rule, name = rule.name): void {
    this.#alertRules.push({ rule, name: name || "alert", holds: false });
  }

  /** Adds an earlier row, which is not checked. */
  sawRow(row: Row): void {
    this.#rows.push({ ...this.#latestProbes, ...row });
  }

  sawProbes(row: ProbeRow): void {
    this.#latestProbes = { ...this.#latestProbes, ...row };
  }

  check(row: Row): RuleFindings {
    const extended: Row = { ...this.#latestProbes, ...row };
    const alertRules = this.#begunToHold(this.#alertRules, extended);
    const stopRules = this.#begunToHold(this.#stopRules, extended);
    this.#rows.push(extended);
    return {
      alerts: [...alertRules.found, ...alertRules.failed, ...stopRules.failed],
      stop: stopRules.found[0]?.message,
    };
  }

  /** Forgets all rows and probe measurements. */
  reset(): void {
    this.#rows = [];
    this.#latestProbes = undefined;
    for (const checked of [...this.#stopRules, ...this.#alertRules]) checked.holds = false;
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
        const answer = rule(row, this.#rows);
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
