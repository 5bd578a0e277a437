/** What one cell's code says about itself: what it declares, uses, imports and assigns to, and what is wrong with it. */
import type { Program } from "acorn";
import type { Analysis } from "../types.ts";
import { namesOf, type Use } from "./binder.ts";
import { canonical } from "./canonical.ts";
import { digest } from "./digest.ts";
import { importsOf, isFile, loadsOf } from "./imports.ts";
import { inputsOf } from "./inputs.ts";
import type { Manner, Name } from "./scope.ts";
import { streamsOf } from "./streams.ts";
import { strip } from "./strip.ts";
import { parseTypeScript, placeOf, syntaxError } from "./syntax.ts";

/**
 * Never throws. Code that cannot be parsed gives an analysis with nothing but its error; code with forms that cannot run
 * here gives its names, too, so that the cells around it keep theirs.
 */
export function analyse(source: string): Analysis {
  try {
    const typed = parseTypeScript(source);
    const { code, errors } = strip(source, typed);
    if (errors.length > 0) return { ...UNREAD, ...namesIn(typed), errors, canonical: digest(source.trim()) };
    const read = canonical(code);
    const names = namesIn(typed);
    const modules = [...names.imports.map(({ module }) => module), ...loadsOf(read.program)];
    return {
      ...names,
      files: [...new Set(modules.filter(isFile))].sort(),
      streams: streamsOf(read.program),
      inputs: inputsOf(read.program),
      errors: [],
      canonical: read.canonical,
    };
  } catch (thrown) {
    return { ...UNREAD, errors: [syntaxError(thrown, source)], canonical: digest(source.trim()) };
  }
}

function namesIn(program: Program): Omit<Analysis, "files" | "streams" | "inputs" | "errors" | "canonical"> {
  const { definitions, typeDefinitions, free } = namesOf(program);
  const named = (...manners: readonly Manner[]): ReadonlyMap<string, Name> =>
    first(free.filter(({ manner }) => manners.includes(manner)));
  const references = named("read", "written", "probed");
  const typeReferences = [...named("type", "queried").keys()].filter((name) => !definitions.has(name));
  return {
    definitions: [...definitions.keys()].sort(),
    typeDefinitions: [...typeDefinitions].sort(),
    references: [...references.keys()].sort(),
    typeReferences: typeReferences.sort(),
    probes: [...named("probed").keys()].sort(),
    places: new Map([...references, ...definitions].map(([name, id]) => [name, placeOf(id)])),
    assignments: [...named("written")].map(([name, id]) => ({ name, position: placeOf(id) })),
    imports: importsOf(program),
  };
}

function first(uses: readonly Use[]): ReadonlyMap<string, Name> {
  const found = new Map<string, Name>();
  for (const { id } of uses) if (!found.has(id.name)) found.set(id.name, id);
  return found;
}

const UNREAD = {
  definitions: [],
  typeDefinitions: [],
  references: [],
  typeReferences: [],
  probes: [],
  places: new Map(),
  assignments: [],
  imports: [],
  files: [],
  streams: [],
  inputs: [],
} as const;
