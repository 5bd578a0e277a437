/**
 * Keeps the session's cells and the notebook's `.ts` file in agreement. Edits are written within half a second; changes made
 * in other programs are merged in. The file is read again before each write, so that a change made a moment ago is
 * merged and not overwritten.
 *
 * A file with conflict markers, or one that is no text, a folder, or a link to outside, is not written to until it is fixed. A
 * file that was deleted or emptied takes no cell with it: the cells stay, and the file is written again when the user asks.
 */
import { basename, dirname } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { type FSWatcher, watch } from "chokidar";
import { aligned } from "../notebook/source/align.ts";
import { parseNotebook } from "../notebook/source/parse.ts";
import { printNotebook } from "../notebook/source/print.ts";
import { DEFAULT_SETTINGS, type NotebookSettings, sameSettings } from "../notebook/source/settings.ts";
import { formOf, inForm, type TextForm } from "../notebook/source/text-form.ts";
import type { Cell, Notebook } from "../notebook/types.ts";
import { mergeCells, sameCells } from "../state/merge-cells.ts";
import { codeOf } from "./errno.ts";
import { bothChanged } from "./history.ts";
import { type ReadNotebook, readNotebook } from "./notebook-reading.ts";
import { writeSafely } from "./write-file.ts";

/** Milliseconds from an edit to its write, and from a sign of change to reading. */
const SAVE_MS = 200;
const READ_MS = 60;
/** Milliseconds from a write that failed to the next try. */
const RETRY_MS = 3_000;
/** Milliseconds between two readings of a file that lost cells: programs empty a file, or write it in parts. */
const SETTLE_MS = 300;
/** Milliseconds after which a file that is gone or empty counts as deleted or emptied. */
const GONE_MS = 3_000;

export type FileEvents = {
  /** The session's cells at this moment. */
  readonly cells: () => readonly Cell[];
  readonly settings: () => NotebookSettings;
  readonly merged: (cells: readonly Cell[], settings: NotebookSettings) => void;
  /** @param action what the user can do about it */
  readonly notice: (level: "info" | "warn" | "error", text: string, action?: "save-file") => void;
  /** The file is about to get this text. */
  readonly writing: (text: string) => Promise<void>;
  /** File and session agree on this text. */
  readonly agreed: (text: string) => Promise<void>;
};

export type FilePlace = {
  /** The real path of the folder that the file must stay in. */
  readonly inside?: string;
  /** The text on which file and session agreed before, for a file that cannot be read as a notebook now. */
  readonly agreed?: string | undefined;
};

/** What can be said about the file. `missing`: the cells stay, and are written when the user asks. */
type Standing =
  | { readonly kind: "in step" }
  | { readonly kind: "fault"; readonly text: string }
  | { readonly kind: "missing"; readonly how: "deleted" | "emptied" };

type Found = ReadNotebook | "deleted" | "emptied";

export class NotebookFile {
  readonly #path: string;
  readonly #inside: string | undefined;
  readonly #events: FileEvents;
  /** The text on which file and session last agreed, and its cells. */
  #text: string;
  #base: Notebook;
  #form: TextForm;
  #standing: Standing;
  #watcher: FSWatcher | undefined;
  #saveTimer: NodeJS.Timeout | undefined;
  #readTimer: NodeJS.Timeout | undefined;
  #work: Promise<void> = Promise.resolve();
  /** A write failed, and is tried again. */
  #unsaved = false;

  /** @param read what the session read from the file; with a fault, the file is not written until it is fixed */
  constructor(path: string, read: ReadNotebook, events: FileEvents, { inside, agreed }: FilePlace = {}) {
    this.#path = path;
    this.#inside = inside;
    this.#events = events;
    this.#text = "notebook" in read ? read.text : (agreed ?? read.text);
    this.#form = formOf(this.#text);
    const base = "notebook" in read ? read.notebook : parseNotebook(agreed ?? "");
    this.#base = { ...base, cells: aligned(events.cells(), base.cells) };
    this.#standing = "fault" in read ? { kind: "fault", text: read.fault } : { kind: "in step" };
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
    if (!same && this.#standing.kind === "in step") this.touch();
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
      const standing = this.#standing;
      if (standing.kind === "fault") return this.#events.notice("error", `Not saved. ${standing.text}`);
      // The edits are in the session's log.
      if (standing.kind === "in step") await this.#write();
    });
  }

  /** The user wants the file: writes it even if it was deleted or emptied. */
  saveAgain(): Promise<void> {
    return this.#serially(async () => {
      await this.#takeIn();
      if (this.#standing.kind === "missing") {
        this.#standing = { kind: "in step" };
        this.#text = "";
        this.#base = { cells: [] };
        await this.#write();
      }
    });
  }

  /** The text on which file and session last agreed. */
  get agreedText(): string {
    return this.#text;
  }

  async #write(): Promise<void> {
    const notebook = { cells: this.#events.cells(), settings: this.#events.settings() };
    const same =
      sameCells(notebook.cells, this.#base.cells) &&
      sameSettings(notebook.settings, this.#base.settings ?? DEFAULT_SETTINGS);
    const text = same ? this.#text : inForm(this.#form, printNotebook(notebook));
    if (text !== this.#text) {
      await this.#events.writing(text);
      await writeSafely(this.#path, text);
    }
    this.#unsaved = false;
    if (text === this.#text) return;
    this.#text = text;
    // The cells as they are called here: those without a name may have another number in the file.
    this.#base = { ...parseNotebook(text), cells: aligned(notebook.cells, parseNotebook(text).cells) };
    await this.#events.agreed(text);
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
    const read = await this.#settled();
    if (read === "deleted" || read === "emptied") return this.#missing(read);
    if (read.text === this.#text && "notebook" in read) {
      // The file is as it was before the conflict or the deletion, and what waits can be written.
      if (this.#standing.kind !== "in step") this.touch();
      this.#standing = { kind: "in step" };
      return;
    }
    if ("fault" in read) {
      if (this.#standing.kind !== "fault" || read.fault !== this.#standing.text)
        this.#events.notice("error", `${read.fault} Palimpsest will not write to this file until you fix it.`);
      this.#standing = { kind: "fault", text: read.fault };
      return;
    }
    const theirs = { ...read.notebook, cells: aligned(this.#base.cells, read.notebook.cells) };
    const ours = this.#events.cells();
    const { cells, conflicts } = mergeCells(this.#base, ours, theirs);
    const [before = DEFAULT_SETTINGS, outside = DEFAULT_SETTINGS] = [this.#base.settings, theirs.settings];
    const own = this.#events.settings();
    const settings = sameSettings(before, outside) ? own : outside;
    this.#standing = { kind: "in step" };
    this.#text = read.text;
    this.#form = formOf(read.text);
    this.#base = theirs;
    // Nothing may wait between reading the session's cells and replacing them: an edit made meanwhile would be lost.
    if (!sameCells(cells, ours) || !sameSettings(settings, own)) this.#events.merged(cells, settings);
    for (const id of conflicts) {
      this.#events.notice("warn", bothChanged(id));
    }
    if (!sameCells(cells, read.notebook.cells) || !sameSettings(settings, outside)) this.touch();
    await this.#events.agreed(read.text);
  }

  #missing(how: "deleted" | "emptied"): void {
    if (this.#standing.kind === "missing" && this.#standing.how === how) return;
    this.#standing = { kind: "missing", how };
    const text = `${basename(this.#path)} was ${how} in another program. The cells are kept here, and edits are kept in the session's log. Save writes the file again.`;
    this.#events.notice("warn", text, "save-file");
  }

  /** Reads the file. What would remove cells must last: programs delete, empty or write files in several steps. */
  async #settled(): Promise<Found> {
    let found = await this.#read();
    const known = this.#standing.kind === "missing" ? this.#standing.how : undefined;
    const start = Date.now();
    while (found !== known && this.#losesCells(found)) {
      await pause(SETTLE_MS);
      const next = await this.#read();
      const lasts = sameFound(next, found);
      found = next;
      if (lasts && (typeof found !== "string" || Date.now() - start >= GONE_MS)) break;
    }
    return found;
  }

  async #read(): Promise<Found> {
    try {
      const read = await readNotebook(this.#path, this.#inside);
      const isEmpty = "notebook" in read && read.text.trim() === "" && this.#base.cells.length > 0;
      return isEmpty ? "emptied" : read;
    } catch (error) {
      if (codeOf(error) === "ENOENT") return "deleted";
      throw error;
    }
  }

  #losesCells(found: Found): boolean {
    if (typeof found === "string") return true;
    if (!("notebook" in found) || found.text === this.#text) return false;
    const read = new Set(aligned(this.#base.cells, found.notebook.cells).map(({ id }) => id));
    return this.#base.cells.some(({ id }) => !read.has(id));
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

function sameFound(a: Found, b: Found): boolean {
  return typeof a === "string" || typeof b === "string" ? a === b : a.text === b.text;
}
