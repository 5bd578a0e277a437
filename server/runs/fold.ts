/** Runs that differ in the seed alone become one row of the list: mean, range and number of seeds of each measure. */
import { type Band, bandOf } from "./band.ts";
import type { RunSummary } from "./types.ts";

export type ListRow =
  | { readonly kind: "run"; readonly key: string; readonly runs: readonly [RunSummary] }
  /** The newest run first. The key is that of the experiment. */
  | { readonly kind: "seeds"; readonly key: string; readonly runs: readonly RunSummary[] };

/** A filter folds the list at each key, and a run does not change. */
const experiments = new WeakMap<RunSummary, string>();
const ids = new WeakMap<RunSummary, string>();

/** What two runs of one experiment have in common. A turned knob is a part of it; when and how it ended is not. */
export function experimentOf(run: RunSummary): string {
  const known = experiments.get(run);
  if (known !== undefined) return known;
  const settings = Object.entries(run.settings).sort(([a], [b]) => (a < b ? -1 : 1));
  const experiment = JSON.stringify([run.notebook, run.cell, run.method, run.steps, run.turned, settings]);
  experiments.set(run, experiment);
  return experiment;
}

/** Names an experiment in addresses: it stays the same when a seed is added. */
export function experimentId(run: RunSummary): string {
  const known = ids.get(run);
  if (known !== undefined) return known;
  const id = hash(experimentOf(run));
  ids.set(run, id);
  return id;
}

/** 53 bits of a text (cyrb53): enough to tell the experiments of a workspace apart. */
function hash(text: string): string {
  let [a, b] = [0xdeadbeef, 0x41c6ce57];
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    a = Math.imul(a ^ code, 2654435761);
    b = Math.imul(b ^ code, 1597334677);
  }
  a = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909);
  b = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909);
  return (4294967296 * (2097151 & b) + (a >>> 0)).toString(36);
}

/**
 * The rows of the list, each at the place of its first run. Of several runs of the same seed and experiment, the fold has the first one
 * that is done; the others stay apart.
 */
export function foldedRows(runs: readonly RunSummary[]): readonly ListRow[] {
  const groups = new Map<string, RunSummary[]>();
  for (const run of runs) {
    const experiment = experimentOf(run);
    groups.set(experiment, [...(groups.get(experiment) ?? []), run]);
  }
  return [...groups.values()].flatMap((group): ListRow[] => {
    const seeds = new Map<number, RunSummary>();
    for (const run of group) {
      const known = seeds.get(run.seed);
      if (!known || (known.status !== "done" && run.status === "done")) seeds.set(run.seed, run);
    }
    const folded = [...seeds.values()];
    if (folded.length === 1) return unfoldedRows(group);
    const row = { kind: "seeds", key: `seeds:${experimentId(folded[0]!)}`, runs: folded } as const;
    return [row, ...unfoldedRows(group.filter((run) => !folded.includes(run)))];
  });
}

export function unfoldedRows(runs: readonly RunSummary[]): ListRow[] {
  return runs.map((run) => ({ kind: "run", key: run.key, runs: [run] }));
}

/** The values of a measure over the runs of a row; undefined if none has it. */
export function bandOfRow({ runs }: ListRow, table: "losses" | "probes", name: string): Band | undefined {
  const values = runs.flatMap((run) => run[table][name] ?? []);
  return values.length === 0 ? undefined : bandOf(values);
}
