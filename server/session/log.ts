/**
 * The session on disk: a first line with the format, the parts of the state that it began with, then one JSON line per event,
 * appended in batches. When the events take more room than the state, the log begins again with the state of that moment; so
 * it stays in proportion to the notebook, however long the session. Progress and tensor counts are not logged.
 *
 * A batch is written whole or not at all: if the disk is full, the file is cut back to its last good byte, the lines wait,
 * and the next flush tries again.
 */
import { constants, type FileHandle, open, stat } from "node:fs/promises";
import type { LoggedEvent } from "../events.ts";
import { partsOf } from "../state/parts.ts";
import type { SessionState } from "../state/state.ts";
import { textOf } from "./event-text.ts";
import { writeSafely } from "./write-file.ts";

/** Grows when parts or events change their meaning. */
const FORMAT = 3;
export const FIRST_LINE = `${JSON.stringify({ format: FORMAT })}\n`;
/** Milliseconds that lines wait for others. */
const BATCH_MS = 100;

/** Events with fewer characters do not make the log begin again. */
const SMALL = 8_000_000;

export type LogListeners = {
  /** With all events that were appended. */
  readonly state: () => SessionState;
  /**
   * A batch could not be written; not called again before a batch is written. The lines wait for the next flush. It may
   * append: a message about the failure causes no further message.
   */
  readonly failed: (error: Error) => void;
  /** The file was deleted or replaced in another program; the log began again. */
  readonly lost: () => void;
};

export class Log {
  readonly #path: string;
  readonly #listeners: LogListeners;
  readonly #small: number;
  #file: FileHandle;
  /** Bytes of the file that are whole lines. */
  #good: number;
  /** Characters of the state at the beginning, and of the events after it. */
  #stateLength: number;
  #eventsLength = 0;
  #waiting: string[] = [];
  /** The state that the log begins again with at the next write. */
  #beginning: SessionState | undefined;
  /** The last batch could not be written. */
  #failing = false;
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> = Promise.resolve();

  private constructor(path: string, listeners: LogListeners, small: number, begun: Begun) {
    this.#path = path;
    this.#listeners = listeners;
    this.#small = small;
    this.#file = begun.file;
    this.#good = begun.bytes;
    this.#stateLength = begun.bytes;
  }

  /** Starts the log again with the state. @throws if it cannot be written */
  static async begin(path: string, listeners: LogListeners, small = SMALL): Promise<Log> {
    return new Log(path, listeners, small, await begun(path, listeners.state()));
  }

  append(events: readonly LoggedEvent[]): void {
    for (const logged of events) {
      if (isTransient(logged)) continue;
      const line = `${textOf(logged)}\n`;
      this.#waiting.push(line);
      this.#eventsLength += line.length;
    }
    if (this.#eventsLength > Math.max(this.#small, this.#stateLength)) this.#beginning = this.#listeners.state();
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

  async #write(): Promise<void> {
    const lines = this.#waiting;
    if (lines.length === 0) return;
    this.#waiting = [];
    try {
      if (await this.#beganAgain()) return;
      const text = lines.join("");
      await this.#file.appendFile(text);
      await this.#file.datasync();
      this.#good += Buffer.byteLength(text);
      if (!(await this.#isInPlace())) {
        await this.#replace(this.#listeners.state());
        this.#listeners.lost();
      }
      this.#failing = false;
    } catch (error) {
      this.#waiting = [...lines, ...this.#waiting];
      await this.#file.truncate(this.#good).catch(() => undefined);
      if (!this.#failing) {
        this.#failing = true;
        this.#listeners.failed(error instanceof Error ? error : new Error(String(error)));
      }
      throw error;
    }
  }

  /** Whether the file that lines are appended to is the one at the path. */
  async #isInPlace(): Promise<boolean> {
    const [own, there] = await Promise.all([this.#file.stat(), stat(this.#path).catch(() => undefined)]);
    return own.ino === there?.ino && own.dev === there.dev;
  }

  /** If it cannot, for example because the disk has no room for both files, it goes on in the old file. @returns whether it did */
  async #beganAgain(): Promise<boolean> {
    const state = this.#beginning;
    if (!state) return false;
    this.#beginning = undefined;
    this.#eventsLength = 0;
    return this.#replace(state).then(
      () => true,
      () => false,
    );
  }

  /** Lines that wait and are in the state already are skipped when the log is read. */
  async #replace(state: SessionState): Promise<void> {
    const { file, bytes } = await begun(this.#path, state);
    await this.#file.close();
    this.#file = file;
    this.#good = bytes;
    this.#stateLength = bytes;
  }
}

type Begun = { readonly file: FileHandle; readonly bytes: number };

async function begun(path: string, state: SessionState): Promise<Begun> {
  await writeSafely(path, linesOf(state));
  const file = await open(path, constants.O_WRONLY | constants.O_APPEND | (constants.O_NOFOLLOW ?? 0));
  return { file, bytes: (await file.stat()).size };
}

/** One after the other, so that a long run is never in memory as one text. */
function* linesOf(state: SessionState): Generator<string> {
  yield FIRST_LINE;
  for (const part of partsOf(state)) yield `${JSON.stringify(part)}\n`;
}

function isTransient({ event }: LoggedEvent): boolean {
  return event.type === "cell-progress" || event.type === "tensors";
}
