/**
 * `--set name=value`: which inputs of a notebook get which values. An input declares its kind only when its cell runs;
 * until then it is read off the code, and when it is declared the value is held against what it takes.
 */
import { readValue, unsuited } from "../state/input-value.ts";
import type { InputState, SessionState } from "../state/state.ts";
import type { InputSpec, InputValue } from "../values.ts";
import { Misuse } from "./command.ts";

export type Settings = ReadonlyMap<string, string>;

/** @throws Misuse where a setting is not of the form name=value. */
export function readSettings(texts: readonly string[]): Settings {
  return new Map(
    texts.map((text) => {
      const [, name, value] = /^([^=\s]+)=(.*)$/s.exec(text) ?? [];
      if (name === undefined || value === undefined) throw new Misuse(`--set takes name=value, not "${text}".`);
      return [name, value];
    }),
  );
}

/** The seed that was set, else 1. @throws Misuse */
export function seedOf(settings: Settings): number {
  const text = settings.get("seed") ?? "1";
  const seed = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(seed))
    throw new Misuse(`--set seed takes a whole number from 0, not "${text}".`);
  return seed;
}

/** The values to run with. @throws Misuse for names that no input of the notebook has, and values that do not read. */
export function valuesFor(state: SessionState, settings: Settings): Readonly<Record<string, InputValue>> {
  const declared = state.cells.flatMap(({ analysis }) => analysis?.inputs ?? []);
  const names = declared.map((input) => input.name);
  const values: Record<string, InputValue> = {};
  for (const [name, text] of settings) {
    const input = declared.find((each) => each.name === name);
    if (!input && name === "seed") continue;
    if (!input) throw new Misuse(`This notebook has no input ${name}. It has ${[...names, "seed"].join(", ")}.`);
    const value = readValue(input.kind, text);
    if (value === undefined) throw new Misuse(`${name} cannot be "${text}": ${expectation(input.kind)}.`);
    values[name] = value;
  }
  return values;
}

/** Holds a setting against its input, now declared. @throws Misuse */
export function checkSetting(input: Pick<InputState, "name" | "spec">, settings: Settings): void {
  const text = settings.get(input.name);
  if (text === undefined) return;
  const value = readValue(input.spec.kind, text);
  const why = value === undefined ? expectation(input.spec.kind) : unsuited(input.spec, value);
  if (why !== undefined) throw new Misuse(`${input.name} cannot be "${text}": ${why}.`);
}

function expectation(kind: InputSpec["kind"]): string {
  if (kind === "toggle") return "it takes true or false";
  return kind === "table" ? 'it takes a list of rows as JSON, [{"column": value}]' : "it takes a number";
}
