/**
 * The session's events on disk: a first line with the format, then one JSON line per event, appended in batches. A power
 * failure can cut the last line; it is skipped when the log is read. Progress and tensor counts are not logged.
 *
 * A batch is written whole or not at all: if the disk is full, the file is cut back to its last good byte, the lines wait,
 * and the next flush tries again.
 */
import { constants, type FileHandle, open, stat } from "node:fs/promises";
import type { LoggedEvent } from "../events.ts";
import { codeOf } from "./errno.ts";
import { readRegularFile, Unreadable } from "./read-file.ts";
import { loggedEvent } from "./schema/events.ts";
import { checked } from "./schema/fault.ts";
import { writeSafely } from "./write-file.ts";

/** Grows when events change their meaning. */
const FORMAT = 2;
const FIRST_LINE = `${JSON.stringify({ format: FORMAT })}\n`;
/** Bytes of a log that can be read; a string cannot be longer. */
const LARGEST = 500e6;
/** Milliseconds that lines wait for others. */
const BATCH_MS = 100;

export type ReadLog =
  | { readonly kind: "events"; readonly events: readonly LoggedEvent[]; readonly skipped: readonly string[] }
  /** Written by another version of Palimpsest. */
  | { readonly kind: "other format" };

/**
 * Reads a log. A missing file is an empty log. Lines that are not valid events are skipped, each with its fault; a last line
 * that was cut off is no fault.
 */
export async function readLog(path: string): Promise<ReadLog> {
  let text: string;
  try {
    text = (await readRegularFile(path, { most: LARGEST })).toString("utf8");
  } catch (error) {
    if (error instanceof Unreadable) return { kind: "other format" };
    if (codeOf(error) !== "ENOENT") throw error;
    text = "";
  }
  if (text === "") return { kind: "events", events: [], skipped: [] };
  if (!text.startsWith(FIRST_LINE)) return { kind: "other format" };
  const events: LoggedEvent[] = [];
  const skipped: string[] = [];
  const lines = text.slice(FIRST_LINE.length).split("\n");
  for (const [index, line] of lines.entries()) {
    if (line === "") continue;
    const found = parsed(line);
    if ("value" in found) events.push(found.value);
    else if (index < lines.length - 1) skipped.push(found.fault);
  }
  return { kind: "events", events, skipped };
}

type Opened = { readonly file: FileHandle; readonly bytes: number };

export class Log {
  readonly #path: string;
  /** All events of the session, those to come included. */
  readonly #all: readonly LoggedEvent[];
  readonly #restored: () => void;
  #file: FileHandle;
  readonly #failed: (error: Error) => void;
  /** Bytes of the file that are whole lines. */
  #good: number;
  #waiting: string[] = [];
  /** The last batch could not be written. */
  #failing = false;
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> = Promise.resolve();

  private constructor(
    path: string,
    all: readonly LoggedEvent[],
    opened: Opened,
    failed: (error: Error) => void,
    restored: () => void,
  ) {
    this.#path = path;
    this.#all = all;
    this.#file = opened.file;
    this.#good = opened.bytes;
    this.#failed = failed;
    this.#restored = restored;
  }

  /**
   * Starts the log again with these events.
   * @param events a list that goes on to hold all events of the session
   * @param failed called when a batch could not be written, and not again before a batch is written; the lines wait for
   * the next flush. It may append: a message about the failure causes no further message.
   * @param restored called when the file was deleted in another program, and was written again with all events
   */
  static async begin(
    path: string,
    events: readonly LoggedEvent[],
    failed: (error: Error) => void,
    restored: () => void = () => undefined,
  ): Promise<Log> {
    return new Log(path, events, await begun(path, events), failed, restored);
  }

  append(events: readonly LoggedEvent[]): void {
    for (const logged of events) if (!isTransient(logged)) this.#waiting.push(lineOf(logged));
    this.#timer ??= setTimeout(() => void this.flush().catch(() => undefined), BATCH_MS);
  }

  /** Resolves when everything appended so far is on the disk. @throws if it could not be written */
  flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#writing = this.#writing.catch(() => undefined).then(() => this.#write());
    return this.#writing;
  }

  /** Writes what waits, if the disk allows it, and closes the file. */
  async close(): Promise<void> {
    await this.flush().catch(() => undefined);
    await this.#file.close();
  }

  /** Whether the file that lines are appended to is the one at the path. */
  async #isInPlace(): Promise<boolean> {
    const [own, there] = await Promise.all([this.#file.stat(), stat(this.#path).catch(() => undefined)]);
    return own.ino === there?.ino && own.dev === there.dev;
  }

  /** The file was deleted or replaced: lines that were appended to it would be lost. */
  async #beginAgain(): Promise<void> {
    const { file, bytes } = await begun(
      this.#path,
      this.#all.filter((logged) => !isTransient(logged)),
    );
    await this.#file.close();
    this.#file = file;
    this.#good = bytes;
    this.#failing = false;
    this.#restored();
  }

  async #write(): Promise<void> {
    const lines = this.#waiting;
    if (lines.length === 0) return;
    this.#waiting = [];
    const text = lines.join("");
    try {
      if (!(await this.#isInPlace())) return await this.#beginAgain();
      await this.#file.appendFile(text);
      await this.#file.datasync();
      this.#good += Buffer.byteLength(text);
      this.#failing = false;
    } catch (error) {
      this.#waiting = [...lines, ...this.#waiting];
      await this.#file.truncate(this.#good).catch(() => undefined);
      if (!this.#failing) {
        this.#failing = true;
        this.#failed(error instanceof Error ? error : new Error(String(error)));
      }
      throw error;
    }
  }
}

async function begun(path: string, events: readonly LoggedEvent[]): Promise<Opened> {
  const text = FIRST_LINE + events.map(lineOf).join("");
  await writeSafely(path, text);
  const file = await open(path, constants.O_WRONLY | constants.O_APPEND | (constants.O_NOFOLLOW ?? 0));
  return { file, bytes: Buffer.byteLength(text) };
}

function isTransient({ event }: LoggedEvent): boolean {
  return event.type === "cell-progress" || event.type === "tensors";
}

function lineOf(logged: LoggedEvent): string {
  return `${JSON.stringify(logged)}\n`;
}

function parsed(line: string): { readonly value: LoggedEvent } | { readonly fault: string } {
  try {
    return checked(loggedEvent, JSON.parse(line));
  } catch {
    return { fault: "is not valid JSON" };
  }
}
