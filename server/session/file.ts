/**
 * Keeps the session's cells and the notebook's `.ts` file in agreement. Edits are written within half a second; changes made
 * in other programs are merged in. The file is read again before each write, so that a change made a moment ago is
 * merged and not overwritten. A file with conflict markers, or one that is not text, is not written to until it is fixed.
 */
import { readFile } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { type FSWatcher, watch } from "chokidar";
import { notebookFault, parseNotebook } from "../notebook/source/parse.ts";
import { printNotebook } from "../notebook/source/print.ts";
import { DEFAULT_SETTINGS, type NotebookSettings, sameSettings } from "../notebook/source/settings.ts";
import type { Cell, Notebook } from "../notebook/types.ts";
import { mergeCells, sameCells } from "../state/merge-cells.ts";
import { bothChanged } from "./history.ts";
import { writeSafely } from "./write-file.ts";

/** Milliseconds from an edit to its write, and from a sign of change to reading. */
const SAVE_MS = 200;
const READ_MS = 60;
/** Milliseconds from a write that failed to the next try. */
const RETRY_MS = 3_000;

export type FileEvents = {
  /** The session's cells at this moment. */
  readonly cells: () => readonly Cell[];
  readonly settings: () => NotebookSettings;
  readonly merged: (cells: readonly Cell[], settings: NotebookSettings) => void;
  readonly notice: (level: "info" | "warn" | "error", text: string) => void;
  /** File and session agree on this text. */
  readonly agreed: (text: string) => Promise<void>;
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
  /** The text on which file and session last agreed, and its cells. */
  #text: string;
  #base: Notebook;
  #fault: string | undefined;
  #watcher: FSWatcher | undefined;
  #saveTimer: NodeJS.Timeout | undefined;
  #readTimer: NodeJS.Timeout | undefined;
  #work: Promise<void> = Promise.resolve();
  /** A write failed, and is tried again. */
  #unsaved = false;

  /** @param base what the session read from the file; with a fault, the file is not written until it is fixed */
  constructor(path: string, base: Reading & { readonly text: string }, events: FileEvents) {
    this.#path = path;
    this.#events = events;
    this.#text = base.text;
    this.#base = "notebook" in base ? base.notebook : { cells: [] };
    this.#fault = "fault" in base ? base.fault : undefined;
  }

  #watch(): void {
    const name = basename(this.#path);
    // The folder is watched and not the file, since editors replace files.
    this.#watcher = watch(dirname(this.#path), { ignoreInitial: true, depth: 0 });
    const readSoon = (): void => {
      this.#readTimer ??= setTimeout(() => {
        this.#readTimer = undefined;
        void this.#serially(() => this.#takeIn());
      }, READ_MS);
    };
    // `all` leaves out changes within one tick of the file's clock; the raw signals do not, and content decides anyway.
    const noticed = (_: string, changed: string | undefined): void => {
      if (!changed || basename(changed) === name) readSoon();
    };
    this.#watcher.on("all", noticed).on("raw", noticed);
    // What changed before the watcher was ready was not noticed.
    this.#watcher.on("ready", readSoon);
    this.#watcher.on("error", (error) => {
      const reason = error instanceof Error ? error.message : String(error);
      this.#events.notice("warn", `Changes made to ${name} in other programs are not noticed: ${reason}`);
    });
  }

  /** Writes soon, if the session starts with other cells than the file has. */
  start(): void {
    const settings = this.#base.settings ?? DEFAULT_SETTINGS;
    const same = sameCells(this.#events.cells(), this.#base.cells) && sameSettings(this.#events.settings(), settings);
    if (!same && this.#fault === undefined) this.touch();
    this.#watch();
  }

  /** The session's cells changed: writes them soon. */
  touch(): void {
    this.#saveTimer ??= setTimeout(() => void this.save(), SAVE_MS);
  }

  /** Writes immediately what is not written yet. */
  save(): Promise<void> {
    clearTimeout(this.#saveTimer);
    this.#saveTimer = undefined;
    return this.#serially(async () => {
      await this.#takeIn();
      if (this.#fault !== undefined) return this.#events.notice("error", `Not saved. ${this.#fault}`);
      const notebook = { cells: this.#events.cells(), settings: this.#events.settings() };
      const same =
        sameCells(notebook.cells, this.#base.cells) &&
        sameSettings(notebook.settings, this.#base.settings ?? DEFAULT_SETTINGS);
      const text = same ? this.#text : printNotebook(notebook);
      if (text !== this.#text) await writeSafely(this.#path, text);
      this.#unsaved = false;
      if (text === this.#text) return;
      this.#text = text;
      this.#base = parseNotebook(text);
      await this.#events.agreed(text);
    });
  }

  async close(): Promise<void> {
    void this.#watcher?.close();
    clearTimeout(this.#readTimer);
    if (this.#saveTimer || this.#unsaved) await this.save();
    clearTimeout(this.#saveTimer);
    await this.#work;
  }

  /** Merges what changed in the file since both sides agreed. */
  async #takeIn(): Promise<void> {
    const read = await readNotebook(this.#path).catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return undefined;
      throw error;
    });
    if (!read) return;
    if (read.text === this.#text) {
      // A merge was undone: the file is as it was before the conflict, and what waits can be written.
      if (this.#fault !== undefined && "notebook" in read) {
        this.#fault = undefined;
        this.touch();
      }
      return;
    }
    if ("fault" in read) {
      if (read.fault !== this.#fault)
        this.#events.notice("error", `${read.fault} Palimpsest will not write to this file until you fix it.`);
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
    // Nothing may wait between reading the session's cells and replacing them: an edit made meanwhile would be lost.
    if (!sameCells(cells, ours) || !sameSettings(settings, own)) this.#events.merged(cells, settings);
    for (const id of conflicts) {
      this.#events.notice("warn", bothChanged(id));
    }
    if (!sameCells(cells, read.notebook.cells) || !sameSettings(settings, theirs)) this.touch();
    await this.#events.agreed(read.text);
  }

  #serially(step: () => Promise<void>): Promise<void> {
    this.#work = this.#work.then(step).catch((error: Error) => {
      const name = basename(this.#path);
      if (!this.#unsaved)
        this.#events.notice(
          "error",
          `${name} could not be saved or read: ${error.message}. Palimpsest tries again every few seconds; your edits are in the session's log.`,
        );
      this.#unsaved = true;
      this.#saveTimer ??= setTimeout(() => void this.save(), RETRY_MS).unref();
    });
    return this.#work;
  }
}
