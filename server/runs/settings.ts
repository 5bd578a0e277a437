/** The settings of a run as one flat list, and which of them differ among runs. */
import type { RunDescription, Setting, Settings } from "./types.ts";

/** Of each run its own, so it says nothing about how two runs differ. */
const OWN = new Set(["seed"]);

/**
 * Nested settings get names with dots. What the run's first phase has found out, such as the number of tokens, is not a setting; the
 * seed is shown apart.
 */
export function settingsOf({ config, prepared = [], knobs = {}, method }: RunDescription): Settings {
  const set = Object.entries({ ...knobs, ...config }).filter(([name]) => !prepared.includes(name) && !OWN.has(name));
  return Object.fromEntries([["method", method], ...set.flatMap(([name, value]) => flat(name, value))]);
}

function flat(name: string, value: unknown): (readonly [string, Setting])[] {
  if (value === undefined) return [];
  if (value === null || ["string", "number", "boolean"].includes(typeof value)) return [[name, value as Setting]];
  // A list of one text, such as a prompt, reads as the text.
  if (Array.isArray(value)) {
    const [only] = value;
    return [[name, value.length === 1 && typeof only === "string" ? only : JSON.stringify(value)]];
  }
  return Object.entries(value as object).flatMap(([key, each]) => flat(`${name}.${key}`, each));
}

/** The names of the settings that are not the same in all runs, in the order in which they first occur. */
export function differingSettings(runs: readonly { readonly settings: Settings }[]): readonly string[] {
  const [first, ...others] = runs;
  if (!first) return [];
  const names = new Set(runs.flatMap(({ settings }) => Object.keys(settings)));
  return [...names].filter((name) => others.some(({ settings }) => settings[name] !== first.settings[name]));
}
