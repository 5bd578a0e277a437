/** Watches the project files that cells import, and says when their content has changed. */
import { dirname } from "node:path";
import { type FSWatcher, watch } from "chokidar";
import type { ProjectFile } from "../events.ts";
import type { SessionState } from "../state/state.ts";
import { holds } from "./inside.ts";
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
  readonly #workspace: string;
  readonly #listeners: ProjectListeners;
  #watcher: FSWatcher | undefined;
  #watched: ReadonlySet<string> = new Set();
  #modules = "";
  #timer: NodeJS.Timeout | undefined;
  #last: Promise<void> = Promise.resolve();
  #closed = false;

  /** @param workspace the real path of the folder that the files must be in */
  constructor(folder: string, workspace: string, listeners: ProjectListeners) {
    this.#project = new Project(folder, workspace);
    this.#workspace = workspace;
    this.#listeners = listeners;
  }

  /** Whether the cells import other modules than at the last call, so that `read` must come before any plan. */
  importsChanged(state: SessionState): boolean {
    const modules = modulesOf(state).join("\n");
    if (modules === this.#modules) return false;
    this.#modules = modules;
    return true;
  }

  /**
   * Reads everything that the cells import, one reading after the other, so that an older one never comes last.
   * @param current the state; asked at the beginning and at the end
   * @returns undefined if the state has it already
   */
  read(current: () => SessionState): Promise<Readonly<Record<string, ProjectFile>> | undefined> {
    const reading = this.#last.then(() => this.#readNow(current));
    this.#last = reading.then(
      () => undefined,
      () => undefined,
    );
    return reading;
  }

  async #readNow(current: () => SessionState): Promise<Readonly<Record<string, ProjectFile>> | undefined> {
    const files: Record<string, ProjectFile> = {};
    const folders = new Set<string>();
    for (const module of modulesOf(current())) {
      const { digest, faults, paths } = await this.#project.read(this.#project.resolve(module));
      files[module] = { digest, faults };
      // Folders outside of the workspace are not watched.
      for (const path of paths) if (holds(this.#workspace, path)) folders.add(dirname(path));
    }
    const state = current();
    this.#watch(folders);
    return JSON.stringify(files) === JSON.stringify(state.files) ? undefined : files;
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    void this.#watcher?.close();
  }

  /** Folders are watched and not files, since editors replace files. */
  #watch(folders: ReadonlySet<string>): void {
    if (this.#closed) return;
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
