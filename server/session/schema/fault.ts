/** Says in one sentence which field of a value is wrong, and why. */
import * as v from "valibot";

export type Checked<T> = { readonly value: T } | { readonly fault: string };

/** Checks a value. The fault names the field: `"outputs.0.kind": Invalid type: Expected …`. */
export function checked<T>(schema: v.GenericSchema<unknown, T>, value: unknown): Checked<T> {
  const { success, output, issues } = v.safeParse(schema, value, { abortEarly: true });
  return success ? { value: output } : { fault: faultOf(issues[0]) };
}

function faultOf(issue: v.BaseIssue<unknown>): string {
  const path = v.getDotPath(issue);
  return path === null ? issue.message : `"${path}": ${issue.message}`;
}
