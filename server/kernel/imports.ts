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
import { missingFile, moduleOf, Project } from "../session/project.ts";
import { checkExport, type Exports, exportOf, ModuleInstance } from "./module.ts";
import { importFile, importPackage } from "./packages.ts";
import { readsNow } from "./reads-now.ts";

/** Asks a module for the present value of an export. */
export type Getter = () => unknown;

export class Imports {
  readonly #notebook: string;
  readonly #project: Project;
  /** Project files by path, as they were loaded last; the digest covers the files that they import. */
  readonly #instances = new Map<string, ModuleInstance>();
  /** Those that are linked and not yet connected. */
  readonly #unconnected = new Set<ModuleInstance>();

  constructor(notebook: string) {
    this.#notebook = notebook;
    this.#project = new Project(dirname(notebook));
  }

  /** @returns what a declaration of a cell binds, by local name. @throws if the module or an export is missing */
  async bind({ module, names }: ImportDeclaration): Promise<Map<string, Getter>> {
    const loaded = await this.load(module);
    return new Map(
      Object.entries(names).map(([local, name]): [string, Getter] => {
        if (name === "*") return [local, () => loaded];
        checkExport(loaded, name, module);
        return [local, () => exportOf(loaded, name)];
      }),
    );
  }

  /** @param by the file that imports it; the notebook for a cell */
  async load(module: string, by: string = this.#notebook): Promise<Exports> {
    const path = isFile(module) ? this.#project.resolve(module, dirname(by)) : undefined;
    if (path === undefined) return this.#package(module, by);
    const instance = this.#instance(path, module);
    if (!instance) return this.#data(path);
    readsNow()?.uses(instance.reads);
    await this.#evaluated(path, instance);
    return instance.exports;
  }

  /** Whether project files were last loaded in these versions. @param files digests by the names that cells import */
  loadedAs(files: Readonly<Record<string, string>>): boolean {
    return Object.entries(files).every(([module, digest]) => {
      const loaded = this.#instances.get(this.#project.resolve(module));
      return !loaded || loaded.digest === digest;
    });
  }

  /** If it fails, the next import tries again. */
  async #evaluated(path: string, instance: ModuleInstance): Promise<void> {
    try {
      await instance.evaluate();
      await instance.evaluatedWithAll();
    } catch (error) {
      if (this.#instances.get(path) === instance) this.#instances.delete(path);
      throw error;
    }
  }

  /** The module of a project file, linked. @returns undefined if the file is not compiled here */
  #instance(path: string, module: string): ModuleInstance | undefined {
    if (!existsSync(path)) throw new Error(missingFile(path, module));
    const { digest, faults } = this.#project.withImports(path);
    const known = this.#instances.get(path);
    if (known?.digest === digest && !known.failed) return known;
    const [fault] = faults;
    if (fault) throw new Error(`${fault.file}, line ${fault.line}, column ${fault.column}: ${fault.message}`);
    const compiled = moduleOf(this.#project.file(path));
    if (!compiled) return undefined;
    const outermost = this.#unconnected.size === 0;
    const instance = new ModuleInstance(compiled, digest, {
      name: this.#project.name(path),
      path,
      url: pathToFileURL(path).href,
      linked: (other) =>
        isFile(other) ? this.#instance(this.#project.resolve(other, dirname(path)), other) : undefined,
      load: (other) => this.load(other, path),
    });
    this.#instances.set(path, instance);
    this.#unconnected.add(instance);
    try {
      instance.link();
      if (outermost) for (const each of this.#unconnected) each.connect();
    } catch (error) {
      this.#instances.delete(path);
      throw error;
    } finally {
      if (outermost) this.#unconnected.clear();
    }
    return instance;
  }

  async #data(path: string): Promise<Exports> {
    const { digest, text } = this.#project.file(path);
    if (extname(path) === ".json") return { default: JSON.parse(text) };
    return importFile(path, digest);
  }

  async #package(module: string, by: string): Promise<Exports> {
    readsNow()?.package(module, by);
    try {
      return await importPackage(module, by);
    } catch (error) {
      throw this.#explained(module, error);
    }
  }

  #explained(module: string, error: unknown): unknown {
    if (!(error instanceof Error) || !("code" in error) || error.code !== "ERR_MODULE_NOT_FOUND") return error;
    const name = module.match(/^(@[^/]+\/)?[^/]+/)?.[0] ?? module;
    if (!error.message.includes(`'${name}'`)) return error;
    return new Error(`The package "${name}" is not installed. Run in ${dirname(this.#notebook)}: npm install ${name}`);
  }
}
