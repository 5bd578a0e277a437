/** The range of results over several seeds of one experiment. It describes these seeds and does not predict another one. */
import type { Result } from "../../types.ts";

export type SeedBand = { readonly mean: number; readonly low: number; readonly high: number; readonly seeds: number };

/** The mean, minimum and maximum of the values of all seeds. @throws if there are no values. */
export function seedBand(values: readonly number[]): SeedBand {
  if (values.length === 0) throw new Error("There are no values. A band needs the value of at least one seed.");
  const mean = values.reduce((sum, each) => sum + each, 0) / values.length;
  return { mean, low: Math.min(...values), high: Math.max(...values), seeds: values.length };
}

export type MeasureBand = SeedBand & { readonly method: string; readonly measure: string };

/** One band per method and measure. Results of the same method are taken as its seeds; a measure that one of them lacks is left out. */
export function seedBands(results: readonly Result[]): MeasureBand[] {
  const methods = [...new Set(results.map(({ method }) => method))];
  return methods.flatMap((method) => {
    const ofMethod = results.filter((result) => result.method === method);
    const measures = Object.keys(ofMethod[0]!).filter((name) =>
      ofMethod.every((result) => typeof result[name] === "number"),
    );
    return measures.map((measure) => ({
      method,
      measure,
      ...seedBand(ofMethod.map((result) => result[measure] as number)),
    }));
  });
}
