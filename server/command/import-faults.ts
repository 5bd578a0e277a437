/**
 * What is wrong with the imports of a notebook, as far as this is known without running anything: files, packages and exports that
 * do not exist. `run` fails at them when it comes to the cell; `check` says so before.
 */
import { existsSync } from "node:fs";
import { isBuiltin } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { isFile, placeOfImport } from "../notebook/language/imports.ts";
import type { Analysis, ImportDeclaration, Position } from "../notebook/types.ts";
import { missingFile, moduleOf, Project } from "../session/project.ts";

export type ImportFault = { readonly message: string; readonly position?: Position };

/** What notebooks import as "palimpsest". It is only read. */
const CELLS = fileURLToPath(new URL("../../cells/index.ts", import.meta.url));

export class ImportFaults {
  readonly #project: Project;
  readonly #own = new Project(dirname(CELLS));

  /** @param folder the folder of the notebook */
  constructor(folder: string) {
    this.#project = new Project(folder);
  }

  /** The project files that cells import, as the session reads them. */
  filesOf(analyses: readonly Analysis[]): Readonly<Record<string, ReturnType<Project["withImports"]>>> {
    const modules = new Set(analyses.flatMap(({ files }) => files));
    return Object.fromEntries(
      [...modules].map((module) => [module, this.#project.withImports(this.#project.resolve(module))]),
    );
  }

  /** The faults of the imports of one cell, and of the files that it imports. */
  of(source: string, { imports }: Analysis): ImportFault[] {
    return imports.flatMap((declaration) => {
      const position = placeOfImport(source, declaration.module);
      const place = position && { position };
      return this.#faultsOf(declaration).map((message) => ({ message, ...place }));
    });
  }

  #faultsOf(declaration: ImportDeclaration): string[] {
    const { module } = declaration;
    if (!isFile(module)) return this.#packageFaults(declaration);
    const path = this.#project.resolve(module);
    if (!existsSync(path)) return [missingFile(path, module)];
    const { faults, paths } = this.#project.withImports(path);
    const missing = faults.filter(({ kind }) => kind === "missing");
    if (faults.length > 0)
      return missing.map(({ file, line, column, message }) => `${file}, line ${line}, column ${column}: ${message}`);
    return [...this.#missingExports(declaration, path), ...paths.flatMap((each) => this.#faultsIn(each))];
  }

  /** The faults of what a project file imports. */
  #faultsIn(path: string): string[] {
    const module = moduleOf(this.#project.file(path));
    const passedOn = (module?.reExports ?? []).flatMap(({ module, names }) => (names ? [{ module, names }] : []));
    return [...(module?.imports ?? []), ...passedOn].flatMap((each) => {
      const faults = isFile(each.module)
        ? this.#missingExports(each, this.#project.resolve(each.module, dirname(path)))
        : this.#packageFaults(each);
      return faults.map((fault) => `${this.#project.name(path)}: ${fault}`);
    });
  }

  #packageFaults(declaration: ImportDeclaration): string[] {
    const { module } = declaration;
    if (module === "palimpsest") return this.#missingExports(declaration, CELLS, this.#own);
    const name = /^(@[^/]+\/)?[^/]+/.exec(module)?.[0] ?? module;
    // Those of TensorFlow.js are always ours.
    if (
      isBuiltin(module) ||
      name.startsWith("@tensorflow/") ||
      /^[a-z]+:/.test(module) ||
      isInstalled(name, this.#project.folder)
    )
      return [];
    return [`The package "${name}" is not installed. Run in ${this.#project.folder}: npm install ${name}`];
  }

  #missingExports({ module, names }: ImportDeclaration, path: string, project = this.#project): string[] {
    const exports = project.exportsOf(path);
    if (!exports) return [];
    return Object.values(names).flatMap((name) => {
      if (name === "*" || exports.has(name)) return [];
      const similar = [...exports].find((each) => each.toLowerCase() === name.toLowerCase());
      return [`"${module}" has no export ${name}.${similar ? ` Did you mean ${similar}?` : ""}`];
    });
  }
}

function isInstalled(name: string, folder: string): boolean {
  if (existsSync(join(folder, "node_modules", name))) return true;
  const parent = dirname(folder);
  return parent !== folder && isInstalled(name, parent);
}
