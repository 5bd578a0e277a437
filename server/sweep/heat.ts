/**
 * A heat table: the means of one measure over two inputs, a row for each value of the first and a column for each of the second.
 * Where other inputs vary too, a cell is the mean over their values.
 */
import { type Settings, textOf } from "./entries.ts";
import type { FoldedRow } from "./folded.ts";

export type Heat = {
  readonly method: string;
  readonly measure: string;
  readonly rows: { readonly name: string; readonly values: readonly string[] };
  readonly columns: { readonly name: string; readonly values: readonly string[] };
  /** A cell is undefined if no entry of it is done. `level`: from 0, the lowest, to 1. */
  readonly cells: readonly (readonly ({ readonly mean: number; readonly level: number } | undefined)[])[];
};

/** @param inputs the two; there are no heat tables for more or fewer */
export function heats(rows: readonly FoldedRow[], inputs: readonly string[], measures: readonly string[]): Heat[] {
  const [first, second, ...more] = inputs;
  if (first === undefined || second === undefined || more.length > 0) return [];
  const varying = rows.filter((row): row is FoldedRow & { settings: Settings } => row.settings !== undefined);
  const methods = [...new Set(varying.map(({ method }) => method))];
  return methods.flatMap((method) => {
    const ofMethod = varying.filter((row) => row.method === method);
    const present = measures.filter((measure) => ofMethod.some((row) => row.measures[measure]));
    return present.map((measure): Heat => {
      const valuesOf = (name: string): string[] => [...new Set(ofMethod.map(({ settings }) => textOf(settings[name])))];
      const [down, across] = [valuesOf(first), valuesOf(second)];
      const means = down.map((a) =>
        across.map((b) => {
          const isHere = ({ settings }: { settings: Settings }): boolean =>
            textOf(settings[first]) === a && textOf(settings[second]) === b;
          return meanOf(ofMethod.filter(isHere).flatMap((row) => row.measures[measure]?.mean ?? []));
        }),
      );
      const known = means.flat().flatMap((mean) => mean ?? []);
      const [low, high] = [Math.min(...known), Math.max(...known)];
      const levelOf = (mean: number): number => (high > low ? (mean - low) / (high - low) : 0.5);
      const cells = means.map((line) =>
        line.map((mean) => (mean === undefined ? undefined : { mean, level: levelOf(mean) })),
      );
      return {
        method,
        measure,
        rows: { name: first, values: down },
        columns: { name: second, values: across },
        cells,
      };
    });
  });
}

function meanOf(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : values.reduce((sum, each) => sum + each, 0) / values.length;
}
