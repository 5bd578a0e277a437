/**
 * The results of a sweep with its seeds folded: a row for each combination of settings and each method that the notebook
 * reports, with mean, lowest and highest value over the seeds. As in `seedBand`, the interval describes these seeds and does
 * not predict another one.
 */
import { type Band, bandOf } from "../runs/band.ts";
import { type Entry, type Settings, textOf } from "./entries.ts";
import type { EntryState } from "./sweep-folder.ts";

export type FoldedRow = {
  /** Undefined for a method whose results are the same in all entries, such as the base model. */
  readonly settings: Settings | undefined;
  readonly method: string;
  readonly measures: Readonly<Record<string, Band>>;
};
export type Finished = Pick<Entry, "settings" | "seed"> & Pick<EntryState, "results">;

export function folded(entries: readonly Finished[]): readonly FoldedRow[] {
  const groups = grouped(entries, ({ settings }) => keyOf(settings));
  const rows = [...groups.values()].flatMap((group) => rowsOf(group[0]!.settings, group));
  if (groups.size < 2) return rows;
  const constant = constantMethods(entries);
  const all = rowsOf(undefined, entries).filter(({ method }) => constant.has(method));
  return [...all, ...rows.filter(({ method }) => !constant.has(method))];
}

/** All measures of the rows, in the order in which they appear, without those that repeat a setting. */
export function measuresOf(rows: readonly FoldedRow[]): readonly string[] {
  const settings = new Set(rows.flatMap((row) => Object.keys(row.settings ?? {})));
  return [...new Set(rows.flatMap(({ measures }) => Object.keys(measures)))].filter((name) => !settings.has(name));
}

/** `0.808 (0.790–0.821)`; without the interval for one seed, or where all seeds agree. */
export function bandText(band: Band | undefined): string {
  if (!band) return "";
  const [low, high] = [shown(band.low), shown(band.high)];
  return low === high ? shown(band.mean) : `${shown(band.mean)} (${low}–${high})`;
}

export function shown(value: number): string {
  if (Number.isInteger(value)) return String(value);
  return Math.abs(value) >= 0.001 ? value.toFixed(3) : value.toPrecision(3);
}

export function keyOf(settings: Settings): string {
  return Object.entries(settings)
    .map(([name, value]) => `${name}=${textOf(value)}`)
    .join(" ");
}

function rowsOf(settings: Settings | undefined, entries: readonly Finished[]): FoldedRow[] {
  const results = entries.flatMap((entry) => named(entry));
  return [...grouped(results, ({ method }) => method)].map(([method, ofMethod]) => {
    const names = [...new Set(ofMethod.flatMap(({ result }) => Object.keys(result)))];
    const bands = names.flatMap((name) => {
      const values = ofMethod.flatMap(({ result }) => (typeof result[name] === "number" ? [result[name]] : []));
      return values.length === 0 ? [] : [[name, bandOf(values)] as const];
    });
    return { settings, method, measures: Object.fromEntries(bands) };
  });
}

type Named = { readonly method: string; readonly result: Readonly<Record<string, unknown>> };

/** Several results of one entry may have the same method. They are no seeds of each other, so the later ones are numbered. */
function named({ results }: Finished): Named[] {
  const seen = new Map<string, number>();
  return results.map(({ method, ...result }) => {
    const count = (seen.get(method) ?? 0) + 1;
    seen.set(method, count);
    return { method: count === 1 ? method : `${method} (${count})`, result };
  });
}

function constantMethods(entries: readonly Finished[]): ReadonlySet<string> {
  const methods = grouped(entries.flatMap(named), ({ method }) => method);
  const constant = [...methods].filter(([, results]) => {
    const texts = new Set(results.map(({ result }) => JSON.stringify(result)));
    return results.length === entries.length && texts.size === 1;
  });
  return new Set(constant.map(([method]) => method));
}

function grouped<T>(items: readonly T[], key: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(key(item));
    if (group) group.push(item);
    else groups.set(key(item), [item]);
  }
  return groups;
}
