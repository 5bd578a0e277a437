/** Settings, seeds and measured values of a sweep in words. Pure. */

import { figure } from "../../server/state/quantity.ts";
import type { SweepSummary } from "../../server/sweep/api.ts";
import type { InputValue } from "../../server/values.ts";

/** Values that are listed; of more, the first and the last are shown. */
const LISTED = 5;

/** "rank 2, 8, 32 · weight 0, 2 · 3 seeds" */
export function variesText({ inputs, seeds }: Pick<SweepSummary, "inputs" | "seeds">): string {
  const parts = inputs.map(({ name, values }) => `${name} ${listText(values)}`);
  return [...parts, ...(seeds > 1 || parts.length === 0 ? [seeds === 1 ? "1 seed" : `${seeds} seeds`] : [])].join(
    " · ",
  );
}

function listText(values: readonly string[]): string {
  if (values.length <= LISTED) return values.map(shortened).join(", ");
  return `${shortened(values[0]!)} … ${shortened(values.at(-1)!)} (${values.length} values)`;
}

export function shortened(text: string): string {
  const line = text.replace(/\s+/g, " ");
  return line.length > 40 ? `${line.slice(0, 39)}…` : line;
}

/** As a cell of a table shows it. */
export function settingText(value: InputValue | undefined): string {
  if (value === undefined) return "any";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** Four significant digits are enough beside others. */
export function measured(value: number): string {
  return figure(Number(value.toPrecision(4)));
}
