/**
 * The entries of a sweep: one run of the notebook for each combination of settings and each seed. The id of an entry is the
 * hash of what its numbers follow from: the notebook's snapshot, the settings and the seed. So an entry that is done is known
 * again, whatever else the sweep contains.
 */
import { createHash } from "node:crypto";
import type { InputValue } from "../values.ts";
import type { Texts } from "./variations.ts";

export type Settings = Readonly<Record<string, InputValue>>;
export type Entry = {
  readonly id: string;
  readonly settings: Settings;
  readonly seed: number;
  /** The settings as `--set` takes them. */
  readonly texts: Texts;
};
export type Combination = { readonly texts: Texts; readonly settings: Settings };

/**
 * Settings that are written differently and mean the same are one entry.
 * @param backend the one that was asked for: on another one, the numbers are others
 * @returns the entries in the order of settings and seed
 */
export function entriesOf(
  snapshot: string,
  combinations: readonly Combination[],
  seeds: readonly number[],
  backend?: string,
): readonly Entry[] {
  const all = combinations.flatMap(({ texts, settings }) =>
    seeds.map((seed): Entry => ({ id: entryId(snapshot, settings, seed, backend), settings, seed, texts })),
  );
  const distinct = [...new Map(all.map((entry) => [entry.id, entry])).values()];
  return distinct.sort((a, b) => compareSettings(a.settings, b.settings) || a.seed - b.seed);
}

/** The order in which the settings are written does not count. */
export function entryId(snapshot: string, settings: Settings, seed: number, backend?: string): string {
  const sorted = Object.entries(settings).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash("sha256")
    .update(JSON.stringify([snapshot, sorted, seed, ...(backend === undefined ? [] : [backend])]))
    .digest("hex")
    .slice(0, 16);
}

/** By the first input, then by the next one: numbers by size, anything else by its text. */
export function compareSettings(a: Settings, b: Settings): number {
  for (const name of Object.keys(a)) {
    const order = compareValues(a[name], b[name]);
    if (order !== 0) return order;
  }
  return 0;
}

function compareValues(a: InputValue | undefined, b: InputValue | undefined): number {
  if (typeof a === "number" && typeof b === "number") return a - b;
  const [first, second] = [textOf(a), textOf(b)];
  return first === second ? 0 : first < second ? -1 : 1;
}

/** A value as a reader sees it. */
export function textOf(value: InputValue | undefined): string {
  if (value === undefined) return "";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** `rank=2 weight=0 seed=1` */
export function nameOf({ settings, seed }: Pick<Entry, "settings" | "seed">): string {
  return [...Object.entries(settings).map(([name, value]) => `${name}=${textOf(value)}`), `seed=${seed}`].join(" ");
}

/** The inputs that differ between the entries, in their order. */
export function varied(entries: readonly Pick<Entry, "settings">[]): readonly string[] {
  const names = Object.keys(entries[0]?.settings ?? {});
  return names.filter((name) => new Set(entries.map(({ settings }) => textOf(settings[name]))).size > 1);
}
