/** The analysis of one cell: what its code declares, uses, imports and assigns to, and its errors. */
import type { Program } from "acorn";
import type { Analysis } from "../types.ts";
import { namesOf, type Use } from "./binder.ts";
import { canonicalCode } from "./canonical.ts";
import { dynamicImportsOf, importsOf, isFile } from "./imports.ts";
import { inlineInputsOf, inputsOf } from "./inputs.ts";
import type { Name, UseKind } from "./scope.ts";
import { NOTHING_SHARED, sharedStateOf } from "./shared-state.ts";
import { streamsOf } from "./streams.ts";
import { strip } from "./strip.ts";
import { parseTypeScript, startOf, syntaxError } from "./syntax.ts";
import { textDigest } from "./text-digest.ts";

/**
 * Never throws. Code that cannot be parsed gives an analysis with only the error. Code with forms that cannot run here also
 * gives its names, so that other cells show no errors about them.
 */
export function analyse(source: string): Analysis {
  try {
    const typed = parseTypeScript(source);
    const { code, errors } = strip(source, typed);
    if (errors.length > 0) return { ...EMPTY, ...namesIn(typed), errors, canonical: textDigest(source.trim()) };
    const { program, canonical } = canonicalCode(code);
    const names = namesIn(typed);
    const modules = [...names.imports.map(({ module }) => module), ...dynamicImportsOf(program)];
    return {
      ...names,
      files: [...new Set(modules.filter(isFile))].sort(),
      streams: streamsOf(program),
      inputs: inputsOf(program),
      labels: inlineInputsOf(program),
      shared: sharedStateOf(program),
      errors: [],
      canonical,
    };
  } catch (thrown) {
    return { ...EMPTY, errors: [syntaxError(thrown, source)], canonical: textDigest(source.trim()) };
  }
}

function namesIn(
  program: Program,
): Omit<Analysis, "files" | "streams" | "inputs" | "labels" | "shared" | "errors" | "canonical"> {
  const { definitions, typeDefinitions, free } = namesOf(program);
  const firstUses = (...kinds: readonly UseKind[]): ReadonlyMap<string, Name> =>
    firstOfEachName(free.filter(({ kind }) => kinds.includes(kind)));
  const references = firstUses("read", "written", "typeof");
  const typeReferences = [...firstUses("type", "type-query").keys()].filter((name) => !definitions.has(name));
  return {
    definitions: [...definitions.keys()].sort(),
    typeDefinitions: [...typeDefinitions].sort(),
    references: [...references.keys()].sort(),
    typeReferences: typeReferences.sort(),
    typeofNames: [...firstUses("typeof").keys()].sort(),
    positions: new Map([...references, ...definitions].map(([name, id]) => [name, startOf(id)])),
    assignments: [...firstUses("written")].map(([name, id]) => ({ name, position: startOf(id) })),
    imports: importsOf(program),
  };
}

function firstOfEachName(uses: readonly Use[]): ReadonlyMap<string, Name> {
  const first = new Map<string, Name>();
  for (const { id } of uses) if (!first.has(id.name)) first.set(id.name, id);
  return first;
}

const EMPTY = {
  definitions: [],
  typeDefinitions: [],
  references: [],
  typeReferences: [],
  typeofNames: [],
  positions: new Map(),
  assignments: [],
  imports: [],
  files: [],
  streams: [],
  inputs: [],
  labels: [],
  shared: NOTHING_SHARED,
} as const;
