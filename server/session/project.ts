/**
 * The project files that cells import, read from the disk on request. A change is detected by the content alone, since
 * modification times are too coarse and copies keep them. Session and kernel both use this class, so a snapshot and the
 * loaded code have the same version of a file.
 *
 * The session reads before anybody pressed Run, so it reads without blocking, and only regular files of a moderate size inside
 * the workspace. The kernel reads while a cell waits for it.
 */
import { createHash } from "node:crypto";
import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, extname, relative, resolve } from "node:path";
import type { FileFault, ProjectFile } from "../events.ts";
import { isFile, placeOfImport } from "../notebook/language/imports.ts";
import { compileModule, oneBased, type ProjectModule } from "../notebook/language/project-module.ts";
import { codeOf } from "./errno.ts";
import { PROJECT_BYTES, readRegularFile, requireRegular, Unreadable } from "./read-file.ts";

/** One file. Without `module` it is not compiled here: it is data, or Node loads it. */
export type SourceFile = {
  readonly path: string;
  /** `missing` if the file does not exist. */
  readonly digest: string;
  readonly text: string;
  readonly module?: ReturnType<typeof compileModule>;
  /** Why the file is not read; it completes a sentence that begins with the file's name. */
  readonly refused?: string;
};

type Read = (path: string) => SourceFile;

const CODE = new Set([".ts", ".mts", ".js", ".mjs"]);

export class Project {
  readonly folder: string;
  readonly #read = new Map<string, SourceFile>();

  readonly #workspace: string | undefined;

  /**
   * @param folder the folder of the notebook
   * @param workspace the real path of the folder that `read` stays in
   */
  constructor(folder: string, workspace?: string) {
    this.folder = folder;
    this.#workspace = workspace;
  }

  /** The path of a module that is imported in the folder `from`. `./x.js` may mean `./x.ts`, as in TypeScript. */
  resolve(module: string, from: string = this.folder): string {
    const path = resolve(from, module);
    const typed = path.replace(/\.(m?)js$/, ".$1ts");
    return existsSync(path) || !existsSync(typed) ? path : typed;
  }

  file(path: string): SourceFile {
    try {
      requireRegular(statSync(path), PROJECT_BYTES);
      return this.#compiled(path, readFileSync(path));
    } catch (error) {
      return unread(path, error);
    }
  }

  async #fileWithoutBlocking(path: string): Promise<SourceFile> {
    const inside = this.#workspace === undefined ? {} : { inside: this.#workspace };
    try {
      return this.#compiled(path, await readRegularFile(path, { ...inside, most: PROJECT_BYTES }));
    } catch (error) {
      return unread(path, error);
    }
  }

  #compiled(path: string, bytes: Buffer): SourceFile {
    const digest = createHash("sha256").update(bytes).digest("hex").slice(0, 32);
    const known = this.#read.get(path);
    if (known?.digest === digest) return known;
    const text = bytes.toString("utf8");
    const file = { path, digest, text, ...(CODE.has(extname(path)) && { module: compileModule(text) }) };
    this.#read.set(path, file);
    return file;
  }

  /** `withImports`, without blocking this process and without leaving the workspace. */
  async read(root: string): Promise<ProjectFile & { readonly paths: readonly string[] }> {
    const files = new Map<string, SourceFile>();
    const visit = async (path: string): Promise<void> => {
      if (files.has(path)) return;
      const file = await this.#fileWithoutBlocking(path);
      files.set(path, file);
      for (const module of importsOf(file)) await visit(this.resolve(module, dirname(path)));
    };
    await visit(root);
    return this.withImports(root, (path) => files.get(path) ?? { path, digest: "missing", text: "" });
  }

  /** A file together with all files that it imports: their paths, one digest, and their faults. */
  withImports(
    root: string,
    read: Read = (path) => this.file(path),
  ): ProjectFile & { readonly paths: readonly string[] } {
    const found = new Map<string, string>();
    const faults: FileFault[] = [];
    const visit = (path: string): void => {
      if (found.has(path)) return;
      const file = read(path);
      found.set(path, file.digest);
      if (file.refused !== undefined) {
        faults.push({ kind: "refused", file: this.name(path), line: 1, column: 1, message: file.refused });
      } else if (file.module && "error" in file.module) {
        const { error } = file.module;
        faults.push({ kind: "syntax", file: this.name(path), ...oneBased(error), message: error.message });
      } else for (const next of importsOf(file)) this.#step(file, next, visit, faults);
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

/** The project files that a file imports. */
function importsOf({ module }: SourceFile): readonly string[] {
  return module && !("error" in module) ? module.modules.filter(isFile) : [];
}

function unread(path: string, error: unknown): SourceFile {
  if (error instanceof Unreadable)
    return { path, digest: `refused: ${error.message}`, text: "", refused: `${error.message}, so it is not read` };
  if (codeOf(error) === "EACCES") {
    const refused = "cannot be read: this user has no permission";
    return { path, digest: `refused: ${refused}`, text: "", refused };
  }
  return { path, digest: "missing", text: "" };
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
