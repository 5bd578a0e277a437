/**
 * The files that cells import, as they lie on the disk: each is read when it is asked for, and told from its earlier self
 * by its content alone, since times of change are too coarse and copies keep them. The kernel loads by the same reading
 * that the session's snapshots are made of, so that both mean the same version.
 */
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { dirname, extname, relative, resolve } from "node:path";
import type { FileFault, ProjectFile } from "../events.ts";
import { isFile, placeOfImport } from "../notebook/language/imports.ts";
import { compileModule, oneBased, type ProjectModule } from "../notebook/language/project-module.ts";

/** One file. Without `module` it is no code of ours to compile: data, or what Node must load itself. */
export type SourceFile = {
  readonly path: string;
  /** `missing` where there is none. */
  readonly digest: string;
  readonly text: string;
  readonly module?: ReturnType<typeof compileModule>;
};

const CODE = new Set([".ts", ".mts", ".js", ".mjs"]);

export class Project {
  readonly folder: string;
  readonly #read = new Map<string, SourceFile>();

  /** @param folder the notebook's. */
  constructor(folder: string) {
    this.folder = folder;
  }

  /** Where a module lies that a file of this folder imports. `./x.js` may mean `./x.ts`, as TypeScript has it. */
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

  /** A file together with all files that it imports: their paths, their digest, what is wrong with them. */
  whole(root: string): ProjectFile & { readonly paths: readonly string[] } {
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

  /** A path as a reader of the notebook knows it. */
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
      const message = `These files import each other: ${circle.join(" → ")}. Move what they share into a file of its own.`;
      faults.push({ kind: "circle", ...place, message });
    } else if (!existsSync(path)) {
      const message = `There is no file ${path}, which is imported as "${module}".`;
      faults.push({ kind: "missing", ...place, message });
      visit(path);
    } else visit(path);
  }
}

/** The module of a file that can run. */
export function sound({ module }: SourceFile): ProjectModule | undefined {
  return module && !("error" in module) ? module : undefined;
}
