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
    const open: string[] = [];
    const visit = (path: string): void => {
      if (found.has(path)) return;
      const file = this.file(path);
      found.set(path, file.digest);
      open.push(path);
      if (file.module && "error" in file.module) {
        const { error } = file.module;
        faults.push({ kind: "syntax", file: this.name(path), ...oneBased(error), message: error.message });
      } else
        for (const next of file.module?.modules ?? []) if (isFile(next)) this.#step(file, next, open, visit, faults);
      open.pop();
    };
    visit(root);
    const lines = [...found].map(([path, digest]) => `${this.name(path)} ${digest}`).sort();
    const digest = createHash("sha256").update(lines.join("\n")).digest("hex").slice(0, 32);
    return { digest, faults, paths: [...found.keys()] };
  }

  /** A path as it would be imported in the notebook. */
  name(path: string): string {
    const name = relative(this.folder, path);
    return name.startsWith("../") ? name : `./${name}`;
  }

  #step(
    file: SourceFile,
    module: string,
    open: readonly string[],
    visit: (path: string) => void,
    faults: FileFault[],
  ): void {
    const path = this.resolve(module, dirname(file.path));
    const at = placeOfImport(file.text, module) ?? { line: 1, column: 0 };
    const place = { file: this.name(file.path), line: at.line, column: at.column + 1 };
    if (open.includes(path)) {
      const circle = [...open.slice(open.indexOf(path)), path].map((each) => this.name(each));
      const message = `These files import each other: ${circle.join(" → ")}. Move the code that they share into a new file.`;
      faults.push({ kind: "circle", ...place, message });
    } else if (!existsSync(path)) {
      const message = `There is no file ${path}, imported as "${module}". Create it, or correct the import.`;
      faults.push({ kind: "missing", ...place, message });
      visit(path);
    } else visit(path);
  }
}

/** The compiled module of a file without errors. */
export function moduleOf({ module }: SourceFile): ProjectModule | undefined {
  return module && !("error" in module) ? module : undefined;
}
