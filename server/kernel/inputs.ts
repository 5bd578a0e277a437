/**
 * Inputs that cells declare. An input is named after the constant that it is the whole initialiser of, which is found by
 * where the call stands in the cell; a call elsewhere is named after its label.
 */
import { inputValue } from "../../cells/show/input.ts";
import { fitted } from "../state/input-value.ts";
import type { InputSpec, InputValue } from "../values.ts";
import type { DeclaredInput, Generation } from "./generation.ts";
import { callPosition } from "./trace.ts";

export function declareInput(generation: Generation, spec: InputSpec, live: boolean): DeclaredInput {
  const { cell, given, inputs, number } = generation;
  const name = constantName(generation) ?? freeName(spec.label, generation);
  const set = Object.hasOwn(given, name) ? given[name] : undefined;
  const input: DeclaredInput = { spec, live, value: set === undefined ? spec.value : fitted(spec, set) };
  inputs.set(name, input);
  generation.say({ type: "input-declared", cell, generation: number, name, live, spec, value: input.value });
  return input;
}

/** A new value: a live input has it at once, a constant for the cells that run from now on. */
export function setInput(generation: Generation, name: string, value: InputValue): void {
  const input = generation.inputs.get(name);
  if (!input) return;
  input.value = fitted(input.spec, value);
  refreshConstants(generation);
}

/** Gives the constants that other cells see the values that their inputs have now. */
export function refreshConstants({ analysis, inputs, values }: Generation): void {
  for (const { name, live } of analysis.inputs) {
    const input = inputs.get(name);
    if (input && !live && values.has(name)) values.set(name, inputValue(input.spec, input.value));
  }
}

function constantName({ cell, compiled }: Generation): string | undefined {
  const at = callPosition(cell);
  return at && compiled?.inputs.find(({ site }) => site.line === at.line && site.column === at.column)?.name;
}

function freeName(label: string, { inputs, analysis }: Generation): string {
  const word = label.replace(/[^\p{L}\p{N}_]+/gu, "-").replace(/^-|-$/g, "") || "input";
  let name = word;
  for (let n = 2; inputs.has(name) || analysis.definitions.includes(name); n += 1) name = `${word}-${n}`;
  return name;
}
