/** Settings, seeds and measured values of a sweep in words. Pure. */

import { figure } from "../../server/state/quantity.ts";
import type { SweepSummary } from "../../server/sweep/api.ts";
import type { InputValue } from "../../server/values.ts";

/** Values that are listed; of more, the first and the last are shown. */
const LISTED = 5;
/** Characters of a value in such a list. */
const IN_LIST = 20;

/** "rank 2, 8, 32 · weight 0, 2 · 3 seeds" */
export function variesText({ inputs, seeds }: Pick<SweepSummary, "inputs" | "seeds">): string {
  const parts = inputs.map(({ name, values }) => `${name} ${listText(values)}`);
  return [...parts, ...(seeds > 1 || parts.length === 0 ? [seeds === 1 ? "1 seed" : `${seeds} seeds`] : [])].join(
    " · ",
  );
}

function listText(values: readonly string[]): string {
  const texts = values.map((value) => shortened(value, IN_LIST));
  if (texts.length <= LISTED) return texts.join(", ");
  return `${texts[0]} … ${texts.at(-1)} (${texts.length} values)`;
}

/** In one line, of at most so many characters. */
export function shortened(text: string, most = 40): string {
  const line = text.replace(/\s+/g, " ");
  return line.length > most ? `${line.slice(0, most - 1)}…` : line;
}

/** How a column of settings is aligned. */
export function kindOf(name: string, rows: readonly { readonly settings: SweepSettings }[]): "number" | "text" {
  const isNumber = (value: InputValue | undefined): boolean => value === undefined || typeof value === "number";
  return rows.every(({ settings }) => isNumber(settings?.[name])) ? "number" : "text";
}
type SweepSettings = Readonly<Record<string, InputValue>> | undefined;

/** As a cell of a table shows it. */
export function settingText(value: InputValue | undefined): string {
  if (value === undefined) return "any";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** Four significant digits are enough beside others. */
export function measured(value: number): string {
  return figure(Number(value.toPrecision(4)));
}
