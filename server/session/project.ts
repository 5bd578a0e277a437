/**
 * The project files that cells import, read from the disk on request. A change is detected by the content alone, since
 * modification times are too coarse and copies keep them. Session and kernel both use this class, so a snapshot and the
 * loaded code have the same version of a file.
 */
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { dirname, extname, relative, resolve } from "node:path";
import type { FileFault, ProjectFile } from "../events.ts";
import { isFile, placeOfImport } from "../notebook/language/imports.ts";
import { compileModule, oneBased, type ProjectModule } from "../notebook/language/project-module.ts";

/** One file. Without `module` it is not compiled here: it is data, or Node loads it. */
export type SourceFile = {
  readonly path: string;
  /** `missing` if the file does not exist. */
  readonly digest: string;
  readonly text: string;
  readonly module?: ReturnType<typeof compileModule>;
};

const CODE = new Set([".ts", ".mts", ".js", ".mjs"]);

export class Project {
  readonly folder: string;
  readonly #read = new Map<string, SourceFile>();

  /** @param folder the folder of the notebook */
  constructor(folder: string) {
    this.folder = folder;
  }

  /** The path of a module that is imported in the folder `from`. `./x.js` may mean `./x.ts`, as in TypeScript. */
  resolve(module: string, from: string = this.folder): string {
    const path = resolve(from, module);
    const typed = path.replace(/\.(m?)js$/, ".$1ts");
    return existsSync(path) || !existsSync(typed) ? path : typed;
  }

  file(path: string): SourceFile {
    let bytes: Buffer;
    try {
      bytes = readFileSync(path);
    } catch {
      return { path, digest: "missing", text: "" };
    }
    const digest = createHash("sha256").update(bytes).digest("hex").slice(0, 32);
    const known = this.#read.get(path);
    if (known?.digest === digest) return known;
    const text = bytes.toString("utf8");
    const file = { path, digest, text, ...(CODE.has(extname(path)) && { module: compileModule(text) }) };
    this.#read.set(path, file);
    return file;
  }

  /** A file together with all files that it imports: their paths, one digest, and their faults. */
  withImports(root: string): ProjectFile & { readonly paths: readonly string[] } {
    const found = new Map<string, string>();
    const faults: FileFault[] = [];
    const visit = (path: string): void => {
      if (found.has(path)) return;
      const file = this.file(path);
      found.set(path, file.digest);
      if (file.module && "error" in file.module) {
        const { error } = file.module;
        faults.push({ kind: "syntax", file: this.name(path), ...oneBased(error), message: error.message });
      } else for (const next of file.module?.modules ?? []) if (isFile(next)) this.#step(file, next, visit, faults);
    };
    visit(root);
    const lines = [...found].map(([path, digest]) => `${this.name(path)} ${digest}`).sort();
    const digest = createHash("sha256").update(lines.join("\n")).digest("hex").slice(0, 32);
    return { digest, faults, paths: [...found.keys()] };
  }

  /** The names that a file exports; undefined if that is known only when it runs. */
  exportsOf(path: string, seen: Set<string> = new Set()): ReadonlySet<string> | undefined {
    if (extname(path) === ".json") return new Set(["default"]);
    const module = moduleOf(this.file(path));
    if (!module) return undefined;
    seen.add(path);
    const names = new Set(module.exports);
    for (const { module: other, names: named } of module.reExports) {
      if (named) for (const name of Object.keys(named)) names.add(name);
      else {
        const from = isFile(other) ? this.resolve(other, dirname(path)) : undefined;
        if (from !== undefined && seen.has(from)) continue;
        const more = from === undefined ? undefined : this.exportsOf(from, seen);
        if (!more) return undefined;
        for (const name of more) if (name !== "default") names.add(name);
      }
    }
    return names;
  }

  /** A path as it would be imported in the notebook. */
  name(path: string): string {
    const name = relative(this.folder, path);
    return name.startsWith("../") ? name : `./${name}`;
  }

  #step(file: SourceFile, module: string, visit: (path: string) => void, faults: FileFault[]): void {
    const path = this.resolve(module, dirname(file.path));
    const at = placeOfImport(file.text, module) ?? { line: 1, column: 0 };
    const place = { file: this.name(file.path), line: at.line, column: at.column + 1 };
    if (!existsSync(path)) {
      faults.push({ kind: "missing", ...place, message: missingFile(path, module) });
      visit(path);
    } else visit(path);
  }
}

/** The compiled module of a file without errors. */
export function moduleOf({ module }: SourceFile): ProjectModule | undefined {
  return module && !("error" in module) ? module : undefined;
}

/** @param path of a file that does not exist */
export function missingFile(path: string, module: string): string {
  const ending = [...CODE, ".json"].find((each) => existsSync(path + each));
  const advice = ending ? `Write the ending: "${module}${ending}".` : "Create it, or correct the import.";
  return `There is no file ${path}, imported as "${module}". ${advice}`;
}
