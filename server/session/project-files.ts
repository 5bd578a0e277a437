/** Watches the project files that cells import, and says when their content has changed. */
import { dirname } from "node:path";
import { type FSWatcher, watch } from "chokidar";
import type { ProjectFile } from "../events.ts";
import type { SessionState } from "../state/state.ts";
import { Project } from "./project.ts";

/** Milliseconds from a sign of change to reading: an editor writes in several steps. */
const READ_MS = 50;

export type ProjectListeners = {
  /** Files may have changed. */
  readonly changed: () => void;
  /** Changes are no longer noticed. */
  readonly failed: (text: string) => void;
};

export class ProjectFiles {
  readonly #project: Project;
  readonly #listeners: ProjectListeners;
  #watcher: FSWatcher | undefined;
  #watched: ReadonlySet<string> = new Set();
  #modules = "";
  #timer: NodeJS.Timeout | undefined;

  constructor(folder: string, listeners: ProjectListeners) {
    this.#project = new Project(folder);
    this.#listeners = listeners;
  }

  /** Reads what the cells import, if they import other modules than before. @returns undefined if nothing is new */
  imported(state: SessionState): Readonly<Record<string, ProjectFile>> | undefined {
    const modules = modulesOf(state).join("\n");
    if (modules === this.#modules) return undefined;
    this.#modules = modules;
    return this.read(state);
  }

  /** Reads everything that the cells import. @returns undefined if the state has it already */
  read(state: SessionState): Readonly<Record<string, ProjectFile>> | undefined {
    const files: Record<string, ProjectFile> = {};
    const folders = new Set<string>();
    for (const module of modulesOf(state)) {
      const { digest, faults, paths } = this.#project.withImports(this.#project.resolve(module));
      files[module] = { digest, faults };
      for (const path of paths) folders.add(dirname(path));
    }
    this.#watch(folders);
    return JSON.stringify(files) === JSON.stringify(state.files) ? undefined : files;
  }

  close(): void {
    clearTimeout(this.#timer);
    void this.#watcher?.close();
  }

  /** Folders are watched and not files, since editors replace files. */
  #watch(folders: ReadonlySet<string>): void {
    const added = [...folders].filter((folder) => !this.#watched.has(folder));
    const gone = [...this.#watched].filter((folder) => !folders.has(folder));
    this.#watched = folders;
    if (gone.length > 0) this.#watcher?.unwatch(gone);
    if (added.length === 0) return;
    this.#watcher ??= this.#started();
    this.#watcher.add(added);
  }

  #started(): FSWatcher {
    const watcher = watch([], { ignoreInitial: true, depth: 0 });
    const readSoon = (): void => {
      this.#timer ??= setTimeout(() => {
        this.#timer = undefined;
        this.#listeners.changed();
      }, READ_MS);
    };
    // `all` leaves out changes within one tick of the file's clock; the raw signals do not, and content decides anyway.
    watcher.on("all", readSoon).on("raw", readSoon);
    // What changed before the watcher was ready was not noticed.
    watcher.on("ready", readSoon);
    watcher.on("error", (error) =>
      this.#listeners.failed(`Changes to imported files are not noticed: ${messageOf(error)}`),
    );
    return watcher;
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function modulesOf(state: SessionState): string[] {
  return [...new Set(state.cells.flatMap(({ analysis }) => analysis?.files ?? []))].sort();
}
