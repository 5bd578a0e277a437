/**
 * Runs the code of a cell once, in this context, so that its arrays and errors are instances of everyone's classes. Imports
 * and names of other cells come in as parameters; what the cell defines goes out through one.
 */
import { toOutput } from "../../cells/show/show.ts";
import { placeOfImport } from "../notebook/language/imports.ts";
import type { Code } from "./code.ts";
import type { Generation } from "./generation.ts";
import { showIn } from "./host.ts";
import type { Imports } from "./imports.ts";
import { refreshConstants } from "./inputs.ts";

/**
 * Fills `generation.values` and shows the value of the last expression.
 * @param lookUp returns the value of a name that another cell defines
 * @throws what the cell throws
 */
export async function execute(
  generation: Generation,
  code: Code,
  imports: Imports,
  lookUp: (name: string) => unknown,
): Promise<void> {
  const { analysis, source } = generation;
  const { compiled } = code;
  generation.compiled = compiled;
  const imported = new Map<string, () => unknown>();
  for (const declaration of analysis.imports) {
    generation.importing = placeOfImport(source, declaration.module);
    for (const [name, get] of await imports.bind(declaration)) imported.set(name, get);
  }
  generation.importing = undefined;
  generation.throwIfAborted();
  const { body } = code;
  const share = (defined: Readonly<Record<string, unknown>>): void => {
    if (generation.aborted) return;
    for (const [name, { get, value }] of Object.entries(Object.getOwnPropertyDescriptors(defined))) {
      if (get) generation.live.set(name, get);
      generation.values.set(name, get ? get() : value);
    }
    for (const [name, get] of imported) {
      generation.live.set(name, get);
      generation.values.set(name, get());
    }
    for (const [name, value] of generation.streamValues) generation.values.set(name, value);
    refreshConstants(generation);
  };
  let last: unknown;
  const setLast = (value: unknown): void => {
    last = value;
  };
  const load = (module: unknown): Promise<unknown> => imports.load(String(module));
  const check = (): void => generation.check();
  const references = compiled.references.map((name) => (imported.get(name) ?? (() => lookUp(name)))());
  const fromFiles = Object.create(null, getters(imported));
  await generation.interruptible(() => body(setLast, share, load, generation.hint, check, fromFiles, ...references));
  const value = await last;
  if (value !== undefined && !generation.aborted) showIn(generation, toOutput(value));
}

function getters(imported: ReadonlyMap<string, () => unknown>): PropertyDescriptorMap {
  return Object.fromEntries([...imported].map(([name, get]) => [name, { get }]));
}
