/** What `palimpsest sweep` is to run: its arguments, checked against the inputs of the notebook, as a list of entries. */
import { realpath } from "node:fs/promises";
import { basename, dirname } from "node:path";
import type { SessionState } from "../state/state.ts";
import { type Entry, entriesOf } from "../sweep/entries.ts";
import {
  combinations,
  type Grid,
  type Range,
  readGrid,
  readRange,
  requireDistinct,
  type Texts,
  WrongVariation,
} from "../sweep/variations.ts";
import { Misuse } from "./command.ts";
import { errorLine } from "./headless-run.ts";
import { snapshotOf, unrunState } from "./notebook-snapshot.ts";
import { readSettings, type Settings, seedOf, valuesFor } from "./settings.ts";

const MOST_ENTRIES = 100_000;

export type SweepArguments = {
  readonly grid?: readonly string[] | undefined;
  readonly range?: readonly string[] | undefined;
  readonly random?: string | undefined;
  readonly seeds?: string | undefined;
  readonly set?: readonly string[] | undefined;
  readonly backend?: string | undefined;
};

export type SweepPlan = {
  /** The real path of the notebook's folder. */
  readonly workspace: string;
  readonly path: string;
  readonly snapshot: string;
  readonly entries: readonly Entry[];
};

/** @throws Misuse for wrong arguments; an error with a line for each fault of the notebook */
export async function sweepPlan(notebook: string, args: SweepArguments): Promise<SweepPlan> {
  const { grids, ranges, draws, seeds, fixed } = read(args);
  const file = await realpath(notebook);
  const [workspace, path] = [dirname(file), basename(file)];
  const state = await unrunState(notebook, file);
  const errors = state.cells.flatMap(({ cell, errors }) => errors.map((error) => errorLine(cell.id, error)));
  if (errors.length > 0) throw new Error(`${notebook} has errors:\n${errors.join("\n")}`);
  const count = grids.reduce((product, { values }) => product * values.length, draws) * seeds.length;
  if (count > MOST_ENTRIES)
    throw new Misuse(`These are ${count} entries; at most ${MOST_ENTRIES} are possible. Give fewer values or seeds.`);
  const all = combinations(grids, ranges, draws).map((texts) => ({ ...texts, ...Object.fromEntries(fixed) }));
  const snapshot = snapshotOf(state);
  const entries = entriesOf(snapshot, parsed(all, state), seeds, args.backend);
  return { workspace, path, snapshot, entries };
}

type Read = {
  readonly grids: readonly Grid[];
  readonly ranges: readonly Range[];
  readonly draws: number;
  readonly seeds: readonly number[];
  readonly fixed: Settings;
};

function read({ grid = [], range = [], random, seeds, set = [] }: SweepArguments): Read {
  const [grids, ranges] = asMisuse(() => [grid.map(readGrid), range.map(readRange)] as const);
  const settings = readSettings(set);
  const names = [...grids, ...ranges].map(({ name }) => name);
  asMisuse(() => requireDistinct([...names, ...settings.keys()]));
  if (names.includes("seed")) throw new Misuse("Seeds are given by --seeds k, which means the seeds 1 to k.");
  if (seeds !== undefined && settings.has("seed")) throw new Misuse("Give --seeds or --set seed=…, not both.");
  if (ranges.length > 0 && random === undefined)
    throw new Misuse("--range gives bounds to draw from; --random n says how often.");
  if (random !== undefined && ranges.length === 0)
    throw new Misuse("--random draws from bounds; give them with --range name=low:high.");
  if (names.length === 0 && seeds === undefined)
    throw new Misuse("Say what to vary: --grid name=value,value, or --range with --random, or --seeds k.");
  return {
    grids,
    ranges,
    draws: wholeNumber("--random", random ?? "1"),
    seeds:
      seeds === undefined
        ? [seedOf(settings)]
        : Array.from({ length: wholeNumber("--seeds", seeds) }, (_, at) => at + 1),
    fixed: new Map([...settings].filter(([name]) => name !== "seed")),
  };
}

/** @throws Misuse unless it is a whole number from 1 to 10,000 */
export function wholeNumber(option: string, text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < 1 || value > 10_000)
    throw new Misuse(`${option} must be a whole number from 1 to 10000, not "${text}".`);
  return value;
}

/** Each value is read once, as `run --set` reads it. @throws Misuse */
function parsed(all: readonly Texts[], state: SessionState): Parameters<typeof entriesOf>[1] {
  const known = new Map<string, ReturnType<typeof valuesFor>>();
  const valueFor = (name: string, text: string): ReturnType<typeof valuesFor> => {
    const key = `${name}=${text}`;
    const value = known.get(key) ?? valuesFor(state, new Map([[name, text]]));
    known.set(key, value);
    return value;
  };
  return all.map((texts) => ({
    texts,
    settings: Object.assign({}, ...Object.entries(texts).map(([name, text]) => valueFor(name, text))),
  }));
}

function asMisuse<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw error instanceof WrongVariation ? new Misuse(error.message) : error;
  }
}
