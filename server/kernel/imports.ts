/**
 * Modules that cells import. "palimpsest" is this package; other packages are resolved from the notebook's folder, as if the
 * notebook were a module there. Both are real modules, loaded once. Project files are compiled to functions instead, and
 * loaded again when they, or a file that they import, have changed. Code that already runs keeps the version that it got.
 */
import { existsSync } from "node:fs";
import { dirname, extname } from "node:path";
import { pathToFileURL } from "node:url";
import { isFile } from "../notebook/language/imports.ts";
import type { ImportDeclaration } from "../notebook/types.ts";
import { moduleOf, Project, type SourceFile } from "../session/project.ts";
import { type Exports, evaluate } from "./module.ts";
import { Reads } from "./reads.ts";
import { readsNow } from "./reads-now.ts";

export class Imports {
  readonly #notebook: string;
  readonly #project: Project;
  /** Project files by path, as they were loaded last; the digest covers the files that they import. */
  readonly #loaded = new Map<
    string,
    { readonly digest: string; readonly exports: Promise<Exports>; readonly reads: Reads }
  >();

  constructor(notebook: string) {
    this.#notebook = notebook;
    this.#project = new Project(dirname(notebook));
  }

  /** @returns the values that a declaration binds, by local name. @throws if the module or an export is missing */
  async bind({ module, names }: ImportDeclaration, by: string = this.#notebook): Promise<Map<string, unknown>> {
    const loaded = await this.load(module, by);
    const values = Object.entries(names).map(([local, exported]): [string, unknown] => [
      local,
      exported === "*" ? loaded : exportOf(loaded, exported, module),
    ]);
    return new Map(values);
  }

  /** @param by the file that imports it; the notebook for a cell */
  async load(module: string, by: string = this.#notebook): Promise<Exports> {
    if (isFile(module)) return this.#file(this.#project.resolve(module, dirname(by)), module);
    readsNow()?.package(module, by);
    try {
      return await import(`cell-import:${JSON.stringify([module, pathToFileURL(by).href])}`);
    } catch (error) {
      throw this.#explained(module, error);
    }
  }

  /** Whether project files were last loaded in these versions. @param files digests by the names that cells import */
  loadedAs(files: Readonly<Record<string, string>>): boolean {
    return Object.entries(files).every(([module, digest]) => {
      const loaded = this.#loaded.get(this.#project.resolve(module));
      return !loaded || loaded.digest === digest;
    });
  }

  async #file(path: string, module: string): Promise<Exports> {
    if (!existsSync(path))
      throw new Error(`There is no file ${path}, imported as "${module}". Create it, or correct the import.`);
    const { digest, faults } = this.#project.withImports(path);
    const known = this.#loaded.get(path);
    if (known?.digest === digest) {
      readsNow()?.uses(known.reads);
      return known.exports;
    }
    const [fault] = faults;
    if (fault) throw new Error(`${fault.file}, line ${fault.line}, column ${fault.column}: ${fault.message}`);
    const reads = new Reads();
    readsNow()?.uses(reads);
    const exports = reads.during(() => this.#evaluated(this.#project.file(path)));
    this.#loaded.set(path, { digest, exports, reads });
    // If it fails, the next import tries again.
    exports.catch(() => this.#loaded.get(path)?.exports === exports && this.#loaded.delete(path));
    return exports;
  }

  async #evaluated(file: SourceFile): Promise<Exports> {
    const { path, digest, text } = file;
    const compiled = moduleOf(file);
    if (compiled) {
      return evaluate(compiled, {
        name: this.#project.name(path),
        url: pathToFileURL(path).href,
        load: (module) => this.load(module, path),
        bind: (declaration) => this.bind(declaration, path),
      });
    }
    if (extname(path) === ".json") return { default: JSON.parse(text) };
    return import(`${pathToFileURL(path).href}?changed=${digest}`);
  }

  #explained(module: string, error: unknown): unknown {
    if (!(error instanceof Error) || !("code" in error) || error.code !== "ERR_MODULE_NOT_FOUND") return error;
    const name = module.match(/^(@[^/]+\/)?[^/]+/)?.[0] ?? module;
    if (!error.message.includes(`'${name}'`)) return error;
    return new Error(`The package "${name}" is not installed. Run in ${dirname(this.#notebook)}: npm install ${name}`);
  }
}

function exportOf(loaded: Exports, name: string, module: string): unknown {
  if (name in loaded) return loaded[name];
  // Node cannot always see the exports of a CommonJS package before it runs; its `module.exports` is the default export.
  const { default: all } = loaded;
  if (typeof all === "object" && all !== null && name in all) return Reflect.get(all, name);
  throw new Error(`"${module}" has no export ${name}.${suggestion(name, Object.keys(loaded))}`);
}

function suggestion(name: string, names: readonly string[]): string {
  const similar = names.find((each) => each.toLowerCase() === name.toLowerCase());
  return similar ? ` Did you mean ${similar}?` : "";
}
