/**
 * Keeps the session's cells and the notebook's `.ts` file the same. Edits are written within half a second by atomic
 * rename; edits made outside are merged in. Before each write the file is read again, so that a change made outside a
 * moment before is merged and not overwritten. A file with conflict markers, or one that is no text, is left alone
 * until it is mended.
 */
import { type FSWatcher, watch } from "node:fs";
import { chmod, readFile, rename, stat, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { notebookFault, parseNotebook } from "../notebook/source/parse.ts";
import { printNotebook } from "../notebook/source/print.ts";
import { type NotebookSettings, sameSettings, DEFAULT_SETTINGS } from "../notebook/source/settings.ts";
import type { Cell, Notebook } from "../notebook/types.ts";
import { mergeCells, sameCells } from "../state/merge-cells.ts";

/** Milliseconds from an edit to its write, and from a sign of change to reading. */
const SAVE_MS = 200;
const READ_MS = 60;

export type FileEvents = {
  /** The session's cells at this moment. */
  readonly cells: () => readonly Cell[];
  readonly settings: () => NotebookSettings;
  readonly merged: (cells: readonly Cell[], settings: NotebookSettings) => void;
  readonly notice: (level: "info" | "warn" | "error", text: string) => void;
};

export type Reading = { readonly notebook: Notebook } | { readonly fault: string };

/** Reads a notebook. @throws as `readFile` does when the file cannot be read. */
export async function readNotebook(path: string): Promise<Reading & { readonly text: string }> {
  const bytes = await readFile(path);
  const text = bytes.toString("utf8");
  const fault = Buffer.from(text, "utf8").equals(bytes) ? notebookFault(text) : "This file is not text.";
  return fault === undefined ? { text, notebook: parseNotebook(text) } : { text, fault };
}

export class NotebookFile {
  readonly #path: string;
  readonly #events: FileEvents;
  /** The text that file and session last had in common, and its cells. */
  #text: string;
  #base: Notebook;
  #fault: string | undefined;
  #watcher: FSWatcher | undefined;
  #saveTimer: NodeJS.Timeout | undefined;
  #readTimer: NodeJS.Timeout | undefined;
  #work: Promise<void> = Promise.resolve();

  /** @param base what the session took from the file; with a fault, the file is not written before it is mended. */
  constructor(path: string, base: Reading & { readonly text: string }, events: FileEvents) {
    this.#path = path;
    this.#events = events;
    this.#text = base.text;
    this.#base = "notebook" in base ? base.notebook : { cells: [] };
    this.#fault = "fault" in base ? base.fault : undefined;
  }

  watch(): void {
    const name = basename(this.#path);
    this.#watcher = watch(dirname(this.#path), (_, changed) => {
      if (changed !== null && changed !== name) return;
      this.#readTimer ??= setTimeout(() => {
        this.#readTimer = undefined;
        void this.#serially(() => this.#takeIn());
      }, READ_MS);
    });
    this.#watcher.on("error", (error) =>
      this.#events.notice("warn", `Changes of ${name} made outside are not noticed: ${error.message}`),
    );
  }

  /** The session's cells changed: writes them soon. */
  touch(): void {
    this.#saveTimer ??= setTimeout(() => void this.save(), SAVE_MS);
  }

  /** Writes now what is not written yet. */
  save(): Promise<void> {
    clearTimeout(this.#saveTimer);
    this.#saveTimer = undefined;
    return this.#serially(async () => {
      await this.#takeIn();
      if (this.#fault !== undefined) return this.#events.notice("error", `Not saved. ${this.#fault}`);
      const notebook = { cells: this.#events.cells(), settings: this.#events.settings() };
      const same =
        sameCells(notebook.cells, this.#base.cells) && sameSettings(notebook.settings, this.#base.settings ?? DEFAULT_SETTINGS);
      const text = same ? this.#text : printNotebook(notebook);
      if (text === this.#text) return;
      await writeAtomically(this.#path, text);
      this.#text = text;
      this.#base = parseNotebook(text);
    });
  }

  async close(): Promise<void> {
    this.#watcher?.close();
    clearTimeout(this.#readTimer);
    if (this.#saveTimer) await this.save();
    await this.#work;
  }

  /** Merges what changed in the file since both sides were the same. */
  async #takeIn(): Promise<void> {
    const read = await readNotebook(this.#path).catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return undefined;
      throw error;
    });
    if (!read || read.text === this.#text) return;
    if ("fault" in read) {
      if (read.fault !== this.#fault)
        this.#events.notice("error", `${read.fault} It is left alone until it is mended.`);
      this.#fault = read.fault;
      return;
    }
    const ours = this.#events.cells();
    const { cells, conflicts } = mergeCells(this.#base, ours, read.notebook);
    const [before = DEFAULT_SETTINGS, theirs = DEFAULT_SETTINGS] = [this.#base.settings, read.notebook.settings];
    const own = this.#events.settings();
    const settings = sameSettings(before, theirs) ? own : theirs;
    this.#fault = undefined;
    this.#text = read.text;
    this.#base = read.notebook;
    if (!sameCells(cells, ours) || !sameSettings(settings, own)) this.#events.merged(cells, settings);
    for (const id of conflicts) {
      this.#events.notice(
        "warn",
        `The cell ${id} was changed here and in the file at once. Both versions are kept: see ${id}-outside.`,
      );
    }
    if (!sameCells(cells, read.notebook.cells) || !sameSettings(settings, theirs)) this.touch();
  }

  #serially(step: () => Promise<void>): Promise<void> {
    this.#work = this.#work.then(step).catch((error: Error) => {
      this.#events.notice("error", `${basename(this.#path)} could not be saved or read: ${error.message}`);
    });
    return this.#work;
  }
}

/** Writes beside and renames, so that a reader sees the old text or the new one, never a part. */
export async function writeAtomically(path: string, text: string | Uint8Array): Promise<void> {
  const beside = join(dirname(path), `.${basename(path)}.${process.pid}.new`);
  await writeFile(beside, text);
  const mode = await stat(path).then(
    (each) => each.mode,
    () => undefined,
  );
  if (mode !== undefined) await chmod(beside, mode);
  await rename(beside, path);
}
