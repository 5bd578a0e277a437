/** Runs the code of a project file once, as the function that it was compiled to. Tensors that it makes belong to no cell. */
import { Script } from "node:vm";
import type { ProjectModule } from "../notebook/language/project-module.ts";
import type { ImportDeclaration } from "../notebook/types.ts";
import { current } from "./generation.ts";

export type Exports = Readonly<Record<string, unknown>>;

type ModuleContext = {
  /** The file's name as errors show it. */
  readonly name: string;
  readonly url: string;
  readonly load: (module: string) => Promise<Exports>;
  readonly bind: (declaration: ImportDeclaration) => Promise<ReadonlyMap<string, unknown>>;
};

/** Loops of the file check for interrupts of whichever cell is calling. */
const HINT = {
  get 0(): number {
    return current.getStore()?.hint[0] ?? 0;
  },
};
const check = (): void => current.getStore()?.check();

/** @returns exports that follow the file's own variables. @throws what the file or an import of it throws */
export async function evaluate(module: ProjectModule, context: ModuleContext): Promise<Exports> {
  const locals = new Map<string, unknown>();
  for (const declaration of module.imports) {
    for (const [local, value] of await context.bind(declaration)) locals.set(local, value);
  }
  const exports: Record<string, unknown> = Object.create(null);
  for (const { module: other, names } of module.reExports) {
    const passed = names
      ? [...(await context.bind({ module: other, names }))]
      : Object.entries(await context.load(other));
    for (const [name, value] of passed) if (names || name !== "default") exports[name] = value;
  }
  const share = (own: object): void => void Object.defineProperties(exports, Object.getOwnPropertyDescriptors(own));
  // The compiler adds the first line; the file's lines follow it.
  const script = new Script(module.code, { filename: `project:${context.name}`, lineOffset: -1 });
  const body: (...parameters: unknown[]) => Promise<void> = script.runInThisContext();
  const load = (other: unknown): Promise<Exports> => context.load(String(other));
  const names = module.imports.flatMap((each) => Object.keys(each.names));
  const imported = names.map((name) => locals.get(name));
  await current.exit(() => body(share, {}, { url: context.url }, load, HINT, check, ...imported));
  return exports;
}
