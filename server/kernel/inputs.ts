/**
 * Inputs that cells declare. An input is named after the constant that it initialises, which is found by the position of
 * the call in the cell. If the call is not the whole initialiser of a constant, the input is named after its label.
 */
import { inputValue } from "../../cells/show/input.ts";
import { nameOfLabel } from "../notebook/language/inputs.ts";
import { fitted } from "../state/input-value.ts";
import type { InputSpec, InputValue } from "../values.ts";
import type { DeclaredInput, Generation } from "./generation.ts";
import { callPosition } from "./trace.ts";

/** Declares the input of the call that is on the stack. `live`: a running cell reads its changes. */
export function declareInput(generation: Generation, spec: InputSpec, kind: "constant" | "live"): DeclaredInput {
  const { cell, inputs, number } = generation;
  const name = constantName(generation) ?? freeName(spec.label, generation);
  const input: DeclaredInput = { spec, live: kind === "live", value: startValue(generation, name, spec) };
  inputs.set(name, input);
  const { live, value } = input;
  generation.send({ type: "input-declared", cell, generation: number, name, live, spec, value });
  return input;
}

/** The user's value if there is one, else the default. */
export function startValue({ userValues }: Generation, name: string, spec: InputSpec): InputValue {
  const chosen = Object.hasOwn(userValues, name) ? userValues[name] : undefined;
  return chosen === undefined ? spec.value : fitted(spec, chosen);
}

/** Gives an input a new value: a live input has it at once, a constant has it for the cells that run from now on. */
export function setInput(generation: Generation, name: string, value: InputValue): void {
  const input = generation.inputs.get(name);
  if (!input) return;
  input.value = fitted(input.spec, value);
  refreshConstants(generation);
}

/** Sets the constants that other cells see to the present values of their inputs. */
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
  const word = nameOfLabel(label);
  let name = word;
  for (let n = 2; inputs.has(name) || analysis.definitions.includes(name); n += 1) name = `${word}-${n}`;
  return name;
}
