/**
 * One project file as a module: a function that is called once, and its exports. As ES modules do, it is linked with all that it
 * imports before any of them runs, and runs once, after the modules that it imports, in the order of its imports. Where modules
 * import each other, the one that was asked for first runs last. Tensors that a module makes belong to no cell.
 */
import type { ProjectModule } from "../notebook/language/project-module.ts";
import type { ImportDeclaration } from "../notebook/types.ts";
import { current } from "./generation.ts";
import { Reads } from "./reads.ts";
import { runScript } from "./script.ts";

export type Exports = Readonly<Record<string, unknown>>;

/** What a module needs of the others. */
export type ModuleContext = {
  /** The file's name as errors show it, and its path. */
  readonly name: string;
  readonly path: string;
  readonly url: string;
  /** The project file that it imports under this name, linked but perhaps not evaluated; undefined for any other module. */
  readonly linked: (module: string) => ModuleInstance | undefined;
  readonly load: (module: string) => Promise<Exports>;
};

/** Loops of the file check for interrupts of whichever cell is calling. */
const HINT = {
  get 0(): number {
    return current.getStore()?.hint[0] ?? 0;
  },
};
const check = (): void => current.getStore()?.check();

export class ModuleInstance {
  readonly digest: string;
  /** What it and the modules that it imports have read. */
  readonly reads = new Reads();
  readonly exports: Exports = Object.create(null, { [Symbol.toStringTag]: { value: "Module" } });
  readonly #compiled: ProjectModule;
  readonly #context: ModuleContext;
  /** What it imports, by local names. */
  readonly #imported: object = Object.create(null);
  readonly #dependencies = new Map<string, ModuleInstance | Exports>();
  readonly #linked = promised();
  readonly #body: Promise<void>;
  #evaluated: Promise<void> | undefined;
  #failed = false;
  /** The module that has to be evaluated before this one can go on. */
  #waitsFor: ModuleInstance | undefined;

  /** Its functions exist from now on. @throws SyntaxError if the engine rejects its code */
  constructor(compiled: ProjectModule, digest: string, context: ModuleContext) {
    this.digest = digest;
    this.#compiled = compiled;
    this.#context = context;
    type Body = (...parameters: unknown[]) => Promise<void>;
    const body = runScript(compiled.code, `project:${context.name}`) as Body;
    const share = (own: object): void => void Object.defineProperties(this.exports, enumerableGetters(own));
    const { url, path } = context;
    const meta = { url, filename: path, dirname: path.replace(/[/\\][^/\\]*$/, "") };
    const load = (other: unknown): Promise<Exports> => context.load(String(other));
    const parameters = [share, defaultExport(), meta, load, HINT, check, this.#imported, this.#linked.promise];
    this.#body = current.exit(() => this.reads.during(() => body(...parameters)));
    // Whoever evaluates it hears of its errors.
    this.#body.catch(() => undefined);
  }

  /** Links it with the project files that it imports, which link theirs. */
  link(): void {
    for (const module of this.#compiled.requests) {
      const dependency = this.#context.linked(module);
      if (!dependency) continue;
      this.#dependencies.set(module, dependency);
      this.reads.uses(dependency.reads);
    }
  }

  /** Makes what it imports and exports from others available, once all modules of the graph are linked. */
  connect(): void {
    for (const { module, names } of this.#compiled.reExports) {
      const dependency = this.#dependencies.get(module);
      if (names) for (const [name, there] of Object.entries(names)) this.#export(name, () => this.#read(module, there));
      else if (dependency instanceof ModuleInstance)
        for (const name of dependency.exportNames()) this.#exportFromStar(name, () => this.#read(module, name));
    }
    for (const { module, names } of this.#compiled.imports)
      for (const [local, name] of Object.entries(names)) this.#import(local, module, name);
  }

  /** The names of its exports, as far as they are known without packages. */
  exportNames(seen = new Set<ModuleInstance>()): ReadonlySet<string> {
    if (seen.has(this)) return new Set();
    seen.add(this);
    const names = new Set(this.#compiled.exports);
    for (const { module, names: named } of this.#compiled.reExports) {
      const dependency = this.#dependencies.get(module);
      if (named) for (const name of Object.keys(named)) names.add(name);
      else if (dependency instanceof ModuleInstance) for (const name of dependency.exportNames(seen)) names.add(name);
    }
    return names;
  }

  /** Runs its code, once. @throws what the code or an import of it throws */
  evaluate(): Promise<void> {
    this.#evaluated ??= this.#evaluate();
    return this.#evaluated;
  }

  /** Resolves when all that it imports has been evaluated, also where modules import each other and another import began it. */
  async evaluatedWithAll(): Promise<void> {
    const all = new Set<ModuleInstance>([this]);
    for (const each of all)
      for (const other of each.#dependencies.values()) if (other instanceof ModuleInstance) all.add(other);
    await Promise.all([...all].map((each) => each.#evaluated));
  }

  /** Its evaluation has ended with an error. */
  get failed(): boolean {
    return this.#failed;
  }

  async #evaluate(): Promise<void> {
    try {
      for (const module of this.#compiled.requests) {
        const dependency = this.#dependencies.get(module);
        if (!(dependency instanceof ModuleInstance))
          this.#dependencies.set(module, await this.reads.during(() => this.#context.load(module)));
        else if (!dependency.#isWaitingFor(this)) {
          this.#waitsFor = dependency;
          await dependency.evaluate();
          this.#waitsFor = undefined;
        }
      }
      this.#exportPackages();
      for (const { module, names } of this.#compiled.imports) this.#checkNames(module, names);
      this.#linked.resolve();
    } catch (error) {
      this.#linked.reject(error);
    }
    try {
      await this.#body;
    } catch (error) {
      this.#failed = true;
      throw error;
    }
  }

  #isWaitingFor(other: ModuleInstance): boolean {
    for (let at: ModuleInstance | undefined = this; at; at = at.#waitsFor) if (at === other) return true;
    return false;
  }

  #exportPackages(): void {
    for (const { module, names } of this.#compiled.reExports) {
      const dependency = this.#dependencies.get(module);
      if (names) this.#checkNames(module, names);
      else if (!(dependency instanceof ModuleInstance))
        for (const name in dependency) this.#exportFromStar(name, () => this.#read(module, name));
    }
  }

  #checkNames(module: string, names: ImportDeclaration["names"]): void {
    const exports = this.#exportsOf(module);
    for (const name of Object.values(names)) if (name !== "*") checkExport(exports, name, module, this.#context.name);
  }

  #exportsOf(module: string): Exports {
    const dependency = this.#dependencies.get(module);
    if (dependency instanceof ModuleInstance) return dependency.exports;
    if (!dependency)
      throw new ReferenceError(
        `"${module}" has not been loaded yet: modules that import each other need it too early.`,
      );
    return dependency;
  }

  #read(module: string, name: string): unknown {
    const exports = this.#exportsOf(module);
    return name === "*" ? exports : exportOf(exports, name);
  }

  #import(local: string, module: string, name: string): void {
    const dependency = this.#dependencies.get(module);
    const own = dependency instanceof ModuleInstance && Reflect.getOwnPropertyDescriptor(dependency.exports, name)?.get;
    Object.defineProperty(this.#imported, local, { get: own || (() => this.#read(module, name)) });
  }

  #export(name: string, get: () => unknown): void {
    if (!Object.hasOwn(this.exports, name)) Object.defineProperty(this.exports, name, { get, enumerable: true });
  }

  #exportFromStar(name: string, get: () => unknown): void {
    if (name !== "default") this.#export(name, get);
  }
}

/** A promise and what settles it. */
function promised(): { promise: Promise<void>; resolve: () => void; reject: (error: unknown) => void } {
  let settle = { resolve: (): void => undefined, reject: (_: unknown): void => undefined };
  const promise = new Promise<void>((resolve, reject) => {
    settle = { resolve, reject };
  });
  return { promise, ...settle };
}

/** The default export, until the code has computed it. */
function defaultExport(): object {
  let value: { readonly is: unknown } | undefined;
  return {
    get v() {
      if (!value) throw new ReferenceError("Cannot access the default export before initialization");
      return value.is;
    },
    set v(is: unknown) {
      value = { is };
    },
  };
}

function enumerableGetters(own: object): PropertyDescriptorMap {
  return Object.fromEntries(
    Object.entries(Object.getOwnPropertyDescriptors(own)).map(([name, { get }]) => [name, { get, enumerable: true }]),
  );
}

/** Node cannot always see the exports of a CommonJS package before it runs; its `module.exports` is the default export. */
export function exportOf(exports: Exports, name: string): unknown {
  if (name in exports) return exports[name];
  const { default: all } = exports;
  return typeof all === "object" && all !== null ? Reflect.get(all, name) : undefined;
}

/** @param by the file that imports it, if that is not a cell. @throws if there is no such export */
export function checkExport(exports: Exports, name: string, module: string, by?: string): void {
  const has = (object: object): boolean => name in object;
  if (has(exports)) return;
  // Without asking for its value: it may not be there yet.
  const all = Object.hasOwn(exports, "default") ? exports.default : undefined;
  if (typeof all === "object" && all !== null && has(all)) return;
  const similar = Object.keys(exports).find((each) => each.toLowerCase() === name.toLowerCase());
  const where = by === undefined ? "" : `${by}: `;
  throw new Error(`${where}"${module}" has no export ${name}.${similar ? ` Did you mean ${similar}?` : ""}`);
}
