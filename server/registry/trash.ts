/**
 * Deleted runs and records: their folders are moved to `.palimpsest/trash/` beside them, so that a deletion can be undone until the trash is
 * emptied. Moving is one step of the file system: a run is here or there, never in two parts.
 */
import { lstatSync, mkdirSync, renameSync, utimesSync } from "node:fs";
import { dirname, join } from "node:path";
import type { RunSummary } from "../runs/types.ts";
import { NotPossible } from "./not-possible.ts";
import { foldersIn, notebookFolders, ownPath } from "./places.ts";
import { isPlainFolder } from "./plain-file.ts";

const KEY = /^((?:[^/]+\/)*\.palimpsest)\/(?:runs|records)\/(?!\.{1,2}$)([^/]+)$/;

export type Trashed = {
  /** Relative to the workspace. */
  readonly path: string;
  /** When it was deleted, in milliseconds since 1970. */
  readonly deleted: number;
};

export class Trash {
  readonly #workspace: string;

  constructor(workspace: string) {
    this.#workspace = workspace;
  }

  /** @throws NotPossible before anything is moved */
  put(runs: readonly Pick<RunSummary, "id" | "key" | "status">[]): void {
    for (const { id, key, status } of runs) {
      if (status === "running") throw new NotPossible(409, `${id} is still running. Stop it first.`);
      if (!KEY.test(key))
        throw new NotPossible(409, `${id} is a part of a record. Delete the record's folder instead.`);
      const target = this.#placeOf(key);
      mkdirSync(dirname(target), { recursive: true, mode: 0o700 });
      if (!isPlainFolder(dirname(target)))
        throw new NotPossible(
          403,
          "The folder .palimpsest/trash is a link to another folder. Remove the link to delete runs.",
        );
      if (lstatSync(target, { throwIfNoEntry: false }))
        throw new NotPossible(409, `${id} is in the trash already. Remove it from .palimpsest/trash.`);
    }
    for (const { key } of runs) {
      const target = this.#placeOf(key);
      renameSync(join(this.#workspace, key), target);
      // The time of the deletion.
      utimesSync(target, new Date(), new Date());
    }
  }

  /** @throws NotPossible before anything is moved */
  restore(keys: readonly string[]): void {
    for (const key of keys) {
      if (
        !KEY.test(key) ||
        key.split("/").includes("..") ||
        !isPlainFolder(dirname(this.#placeOf(key))) ||
        !isPlainFolder(this.#placeOf(key))
      )
        throw new NotPossible(404, `${key.slice(0, 120)} is not in the trash any more.`);
      if (lstatSync(join(this.#workspace, key), { throwIfNoEntry: false }))
        throw new NotPossible(409, `${key} exists already.`);
    }
    for (const key of keys) renameSync(this.#placeOf(key), join(this.#workspace, key));
  }

  list(): readonly Trashed[] {
    return notebookFolders(this.#workspace).flatMap((folder) =>
      foldersIn(join(this.#workspace, ownPath(folder, "trash"))).map((id) => {
        const path = ownPath(folder, "trash", id);
        return { path, deleted: lstatSync(join(this.#workspace, path)).mtimeMs };
      }),
    );
  }

  #placeOf(key: string): string {
    return join(this.#workspace, key.replace(KEY, "$1/trash/$2"));
  }
}
