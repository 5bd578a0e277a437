/** What several seeds of one experiment say together: where they lie, not what a further one would give. */
import type { Result } from "../../types.ts";

export type SeedBand = { readonly mean: number; readonly low: number; readonly high: number; readonly seeds: number };

/** The mean and the lowest and highest of the seeds' values. @throws if there are none. */
export function seedBand(values: readonly number[]): SeedBand {
  if (values.length === 0) throw new Error("A band needs the value of at least one seed.");
  const mean = values.reduce((sum, each) => sum + each, 0) / values.length;
  return { mean, low: Math.min(...values), high: Math.max(...values), seeds: values.length };
}

export type MeasureBand = SeedBand & { readonly method: string; readonly measure: string };

/** Of results that share a method, each being one seed: a band per measure. Measures that a seed lacks are left out. */
export function seedBands(results: readonly Result[]): MeasureBand[] {
  const methods = [...new Set(results.map(({ method }) => method))];
  return methods.flatMap((method) => {
    const own = results.filter((result) => result.method === method);
    const measures = Object.keys(own[0]!).filter((name) => own.every((result) => typeof result[name] === "number"));
    return measures.map((measure) => ({
      method,
      measure,
      ...seedBand(own.map((result) => result[measure] as number)),
    }));
  });
}
