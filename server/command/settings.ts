/**
 * `--set name=value`: the values of a notebook's inputs. An input declares its limits only when its cell runs. Before that, its
 * kind is known from the code, so a setting is checked twice: against the kind first, and against the declared input later.
 */

import type { InputState } from "../state/cell-state.ts";
import { readValue, unsuited } from "../state/input-value.ts";
import type { SessionState } from "../state/state.ts";
import type { InputSpec, InputValue } from "../values.ts";
import { Misuse } from "./command.ts";

export type Settings = ReadonlyMap<string, string>;

/** @throws Misuse if a setting does not have the form name=value */
export function readSettings(texts: readonly string[]): Settings {
  return new Map(
    texts.map((text) => {
      const [, name, value] = /^([^=\s]+)=(.*)$/s.exec(text) ?? [];
      if (name === undefined || value === undefined) {
        throw new Misuse(`--set must have the form name=value, not "${text}".`);
      }
      return [name, value];
    }),
  );
}

/** The seed that was set, else 1. @throws Misuse */
export function seedOf(settings: Settings): number {
  const text = settings.get("seed") ?? "1";
  const seed = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(seed))
    throw new Misuse(`The seed must be a whole number, 0 or larger, not "${text}".`);
  return seed;
}

/** The values to run with. @throws Misuse if the notebook has no such input, or if a value is not of its kind */
export function valuesFor(state: SessionState, settings: Settings): Readonly<Record<string, InputValue>> {
  const declared = state.cells.flatMap(({ analysis }) => analysis?.inputs ?? []);
  const names = declared.map((input) => input.name);
  const values: Record<string, InputValue> = {};
  for (const [name, text] of settings) {
    const input = declared.find((each) => each.name === name);
    if (!input && name === "seed") continue;
    if (!input) throw new Misuse(`This notebook has no input ${name}. Its inputs: ${[...names, "seed"].join(", ")}.`);
    const value = readValue(input.kind, text);
    if (value === undefined) throw notValid(name, text, kindRule(input.kind));
    values[name] = value;
  }
  return values;
}

/** Checks a setting against its input when the input is declared. @throws Misuse */
export function checkSetting(input: Pick<InputState, "name" | "spec">, settings: Settings): void {
  const text = settings.get(input.name);
  if (text === undefined) return;
  const value = readValue(input.spec.kind, text);
  const rule = value === undefined ? kindRule(input.spec.kind) : unsuited(input.spec, value);
  if (rule !== undefined) throw notValid(input.name, text, rule);
}

function notValid(name: string, text: string, rule: string): Misuse {
  return new Misuse(`${name} cannot be "${text}": ${rule}.`);
}

function kindRule(kind: InputSpec["kind"]): string {
  if (kind === "toggle") return "it must be true or false";
  return kind === "table" ? 'it must be a list of rows as JSON, [{"column": value}]' : "it must be a number";
}
