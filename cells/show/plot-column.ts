/**
 * A column of a chart. Plot places numbers and dates on continuous axes, so they stay what they are. Big integers become
 * numbers if all of them are exact as numbers, and text otherwise. Infinite values have no place on an axis. What is not
 * drawn as it was given is said in a note.
 */
import type { Datum } from "../output.ts";
import { datum } from "./datum.ts";

export type Column = { readonly values: readonly Datum[]; readonly notes: readonly string[] };

export function plotColumn(name: string, values: readonly unknown[]): Column {
  const isInexact = values.some((value) => typeof value === "bigint" && !isExact(value));
  let infinite = 0;
  const written = values.map((value): Datum => {
    if (typeof value === "bigint") return isInexact ? String(value) : Number(value);
    if (typeof value !== "number") return datum(value);
    if (Number.isFinite(value)) return value;
    if (!Number.isNaN(value)) infinite += 1;
    return null;
  });
  const notes: string[] = [];
  if (isInexact)
    notes.push(`${name} has integers beyond 2^53. They are shown as text, because a number would round them.`);
  if (infinite > 0)
    notes.push(
      `${name} has ${infinite === 1 ? "1 infinite value, which is" : `${infinite} infinite values, which are`} not drawn.`,
    );
  return { values: written, notes };
}

/** Whether it is the same as a number: an integer of at most 53 bits. */
export function isExact(value: bigint): boolean {
  return Number.isSafeInteger(Number(value));
}
