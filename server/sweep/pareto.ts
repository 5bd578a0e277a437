/**
 * The Pareto front of translation and retention: the rows that no other row beats in one of the two without being worse in the
 * other. The two columns are recognised by their names, or named by the user; `-ter` means that less is better.
 */
import { directionOf } from "../runs/measures.ts";
import type { FoldedRow } from "./folded.ts";

export type Axis = { readonly column: string; readonly better: "higher" | "lower" };
export type Axes = readonly [translation: Axis, retention: Axis];

/** The first that a result has is taken. */
const TRANSLATION = [/^chrf/i, /^comet/i, /^s?bleu/i, /^ter$/i, /translation/i, /^exact/i];
const RETENTION = [/^general$/i, /^retention/i, /^refusal$/i, /^forgetting$/i, /accuracy/i];

/** @returns undefined if the results have no such columns */
export function recognisedAxes(measures: readonly string[]): Axes | undefined {
  const first = (patterns: readonly RegExp[]): string | undefined =>
    patterns.flatMap((pattern) => measures.filter((name) => pattern.test(name))).at(0);
  const [translation, retention] = [first(TRANSLATION), first(RETENTION)];
  return translation === undefined || retention === undefined || translation === retention
    ? undefined
    : [axisOf(translation), axisOf(retention)];
}

/** @param text `chrf,general` or `-ter,general`. @throws saying what is wrong */
export function readAxes(text: string): Axes {
  const names = text.split(",").map((name) => name.trim());
  const [first, second] = names;
  if (names.length !== 2 || !first || !second || first === second)
    throw new Error(`--pareto must name two columns of the results, such as chrf,general, not "${text}".`);
  return [axisOf(first), axisOf(second)];
}

/** @param name of a column; with a minus before it, less is better */
export function axisOf(name: string): Axis {
  if (name.startsWith("-")) return { column: name.slice(1), better: "lower" };
  return { column: name, better: directionOf("probes", name) === "lower" ? "lower" : "higher" };
}

/** By the means. Rows that lack one of the two columns are never on the front. */
export function front(rows: readonly FoldedRow[], axes: Axes): ReadonlySet<FoldedRow> {
  const points = rows.flatMap((row) => {
    const [x, y] = axes.map(({ column, better }) => {
      const mean = row.measures[column]?.mean ?? Number.NaN;
      return better === "higher" ? mean : -mean;
    });
    return Number.isNaN(x! + y!) ? [] : [{ row, x: x!, y: y! }];
  });
  const beaten = (a: (typeof points)[number]): boolean =>
    points.some((b) => b.x >= a.x && b.y >= a.y && (b.x > a.x || b.y > a.y));
  return new Set(points.filter((point) => !beaten(point)).map(({ row }) => row));
}
