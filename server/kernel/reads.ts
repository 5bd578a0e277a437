/**
 * What code has read so far: files and packages, of a cell or of a project file while it loads. Who uses values of another cell, or
 * imports a project file, depends on what that one read, too. The cache writes all of it down with a result.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import { dirname } from "node:path";
import { absolute, type Dependencies, fileChange, portable } from "../session/dependencies.ts";
import { type FileState, fileState, markOf } from "../session/file-state.ts";
import { type PackageState, packageName, packageState } from "../session/package-state.ts";

type NotedFile = { readonly mark: string; readonly state?: FileState };
type NotedPackage = { readonly name: string; readonly from: string; readonly state: PackageState };

/** Those of the project file that is being loaded. */
export const loading = new AsyncLocalStorage<Reads>();

/** Is told of each file and package that code uses, at the moment of use. */
export type UseListener = {
  file(path: string, mark: string): void;
  package(name: string, state: PackageState): void;
};
let listener: UseListener | undefined;

export function listenToUses(to: UseListener): void {
  listener = to;
}

export class Reads {
  readonly #files = new Map<string, NotedFile>();
  readonly #packages = new Map<string, NotedPackage>();
  readonly #sources = new Set<Reads>();

  /** Runs the code of a project file, so that its reads are noted here. */
  during<T>(load: () => T): T {
    return loading.run(this, load);
  }

  /** @param path absolute */
  file(path: string): void {
    if (this.#files.has(path)) return;
    const mark = markOf(path);
    this.#files.set(path, { mark });
    listener?.file(path, mark);
  }

  /** @param by the file that imports it */
  package(module: string, by: string): void {
    const name = packageName(module);
    if (name === undefined) return;
    const from = dirname(by);
    const id = `${from}\n${name}`;
    if (this.#packages.has(id)) return;
    const state = packageState(name, from);
    this.#packages.set(id, { name, from, state });
    listener?.package(name, state);
  }

  /** What others have read counts here, now and later. */
  uses(others: Reads): void {
    if (others !== this) this.#sources.add(others);
  }

  /** The cell was restored: its result depends on what the code read that computed it. */
  restored({ files, packages }: Dependencies, workspace: string): void {
    for (const file of files) {
      const path = absolute(workspace, file.path);
      this.#files.set(path, { mark: file.mark, state: file });
      // It was found to have the same content; its mark may be another one.
      listener?.file(path, markOf(path));
    }
    for (const { name, from, ...state } of packages) {
      const folder = absolute(workspace, from);
      this.#packages.set(`${folder}\n${name}`, { name, from: folder, state });
      listener?.package(name, state);
    }
  }

  /** @returns everything that was read, or the path of a file that has changed since */
  async collect(workspace: string): Promise<Pick<Dependencies, "files" | "packages"> | { readonly changed: string }> {
    const all = this.#withSources();
    const files = new Map<string, Dependencies["files"][number]>();
    for (const reads of all)
      for (const [path, noted] of reads.#files) {
        const name = portable(workspace, path);
        const moved = markOf(path) !== noted.mark;
        const now = await reads.#stateOf(path, noted);
        const file = { path: name, ...now };
        const before = noted.state ?? files.get(path);
        const differs = before !== undefined && fileChange({ path: name, ...before }, now) !== undefined;
        if (differs || (moved && !noted.state)) return { changed: name };
        files.set(path, file);
      }
    const noted = new Map(all.flatMap((reads) => [...reads.#packages]));
    const packages = [...noted.values()].map(({ name, from, state }) => {
      return { name, from: portable(workspace, from), ...state };
    });
    return { files: [...files.values()], packages };
  }

  /** Kept, so that a large file is read once for all results that depend on it. */
  async #stateOf(path: string, noted: NotedFile): Promise<FileState> {
    const state = await fileState(path, noted.state);
    if (!noted.state && state.mark === noted.mark) this.#files.set(path, { mark: noted.mark, state });
    return state;
  }

  #withSources(): Reads[] {
    const all = new Set<Reads>([this]);
    for (const reads of all) for (const source of reads.#sources) all.add(source);
    return [...all];
  }
}
