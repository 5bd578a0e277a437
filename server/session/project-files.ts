/** Watches the project files that cells import, and says when what they hold has changed. */
import { existsSync, type FSWatcher, watch } from "node:fs";
import { dirname } from "node:path";
import type { ProjectFile } from "../events.ts";
import type { SessionState } from "../state/state.ts";
import { Project } from "./project.ts";

/** Milliseconds from a sign of change to reading: an editor writes in several strokes. */
const READ_MS = 50;

export class ProjectFiles {
  readonly #project: Project;
  readonly #changed: (() => void) | undefined;
  readonly #watchers = new Map<string, FSWatcher>();
  #modules = "";
  #timer: NodeJS.Timeout | undefined;

  /** @param changed called when files may have changed; without it nothing is watched. */
  constructor(folder: string, changed?: () => void) {
    this.#project = new Project(folder);
    this.#changed = changed;
  }

  /** Reads what the cells import where other modules are imported than before. @returns undefined when there is nothing new. */
  imported(state: SessionState): Readonly<Record<string, ProjectFile>> | undefined {
    const modules = modulesOf(state).join("\n");
    if (modules === this.#modules) return undefined;
    this.#modules = modules;
    return this.read(state);
  }

  /** Reads all that the cells import. @returns undefined when it is what the state has. */
  read(state: SessionState): Readonly<Record<string, ProjectFile>> | undefined {
    const files: Record<string, ProjectFile> = {};
    const folders = new Set<string>();
    for (const module of modulesOf(state)) {
      const { digest, faults, paths } = this.#project.whole(this.#project.resolve(module));
      files[module] = { digest, faults };
      for (const path of paths) folders.add(dirname(path));
    }
    this.#watch(folders);
    return JSON.stringify(files) === JSON.stringify(state.files) ? undefined : files;
  }

  close(): void {
    clearTimeout(this.#timer);
    for (const watcher of this.#watchers.values()) watcher.close();
    this.#watchers.clear();
  }

  #watch(folders: ReadonlySet<string>): void {
    if (!this.#changed) return;
    for (const [folder, watcher] of this.#watchers) {
      if (folders.has(folder)) continue;
      watcher.close();
      this.#watchers.delete(folder);
    }
    for (const folder of folders) {
      if (this.#watchers.has(folder) || !existsSync(folder)) continue;
      const watcher = watch(folder, () => {
        this.#timer ??= setTimeout(() => {
          this.#timer = undefined;
          this.#changed?.();
        }, READ_MS);
      });
      watcher.on("error", () => watcher.close());
      this.#watchers.set(folder, watcher);
    }
  }
}

function modulesOf(state: SessionState): string[] {
  return [...new Set(state.cells.flatMap(({ analysis }) => analysis?.files ?? []))].sort();
}
