/** Runs the code of a project file once, as the function that it was compiled to. What it makes belongs to no cell. */
import { Script } from "node:vm";
import type { ProjectModule } from "../notebook/language/project-module.ts";
import type { ImportDeclaration } from "../notebook/types.ts";
import { current } from "./generation.ts";

export type Exports = Readonly<Record<string, unknown>>;

type Place = {
  /** As errors name it. */
  readonly name: string;
  readonly url: string;
  readonly load: (module: string) => Promise<Exports>;
  readonly bind: (declaration: ImportDeclaration) => Promise<ReadonlyMap<string, unknown>>;
};

/** Loops of the file look after whoever is calling. */
const LOOK = {
  get 0(): number {
    return current.getStore()?.look[0] ?? 0;
  },
};
const check = (): void => current.getStore()?.check();

/** The exports follow the file's own variables. @throws what the file throws, or what it imports. */
export async function evaluate(module: ProjectModule, place: Place): Promise<Exports> {
  const locals = new Map<string, unknown>();
  for (const declaration of module.imports) {
    for (const [local, value] of await place.bind(declaration)) locals.set(local, value);
  }
  const exports: Record<string, unknown> = Object.create(null);
  for (const { module: other, names } of module.reExports) {
    const passed = names ? [...(await place.bind({ module: other, names }))] : Object.entries(await place.load(other));
    for (const [name, value] of passed) if (names || name !== "default") exports[name] = value;
  }
  const share = (own: object): void => void Object.defineProperties(exports, Object.getOwnPropertyDescriptors(own));
  // The first line is the compiler's; the file's begin after it.
  const script = new Script(module.code, { filename: `project:${place.name}`, lineOffset: -1 });
  const body: (...parameters: unknown[]) => Promise<void> = script.runInThisContext();
  const load = (other: unknown): Promise<Exports> => place.load(String(other));
  const names = module.imports.flatMap((each) => Object.keys(each.names));
  const known = names.map((name) => locals.get(name));
  await current.exit(() => body(share, {}, { url: place.url }, load, LOOK, check, ...known));
  return exports;
}
