/**
 * The session's memory on disk: one JSON line per event, appended in batches. Losing power can tear the last line; it is
 * dropped when the log is read, and everything before it stands. Progress and tensor counts are not worth a line.
 */
import type { FileHandle } from "node:fs/promises";
import { mkdir, open, readFile, rename } from "node:fs/promises";
import { dirname } from "node:path";
import type { LoggedEvent } from "../events.ts";

/** Milliseconds that lines wait for company. */
const BATCH_MS = 100;

/** Reads what was logged. A missing file is an empty log. Lines from the first unreadable one on are left out. */
export async function readLog(path: string): Promise<readonly LoggedEvent[]> {
  const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return "";
    throw error;
  });
  const events: LoggedEvent[] = [];
  for (const line of text.split("\n")) {
    const logged = line === "" ? undefined : parsed(line);
    if (logged) events.push(logged);
    else if (line !== "") break;
  }
  return events;
}

export class Log {
  readonly #file: FileHandle;
  readonly #failed: (error: Error) => void;
  #waiting: string[] = [];
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> = Promise.resolve();

  private constructor(file: FileHandle, failed: (error: Error) => void) {
    this.#file = file;
    this.#failed = failed;
  }

  /** Begins the log anew with these events, by atomic rename. `failed` hears of the writes that do not succeed. */
  static async begin(path: string, events: readonly LoggedEvent[], failed: (error: Error) => void): Promise<Log> {
    await mkdir(dirname(path), { recursive: true });
    const fresh = `${path}.new`;
    const file = await open(fresh, "w");
    await file.write(events.map(lineOf).join(""));
    await file.datasync();
    await rename(fresh, path);
    return new Log(file, failed);
  }

  append(events: readonly LoggedEvent[]): void {
    for (const logged of events) if (!transient(logged)) this.#waiting.push(lineOf(logged));
    this.#timer ??= setTimeout(() => void this.flush(), BATCH_MS);
  }

  /** Resolves when everything appended so far is on the disk. */
  flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const lines = this.#waiting;
    this.#waiting = [];
    if (lines.length > 0) this.#writing = this.#writing.then(() => this.#write(lines));
    return this.#writing;
  }

  async close(): Promise<void> {
    await this.flush();
    await this.#file.close();
  }

  async #write(lines: readonly string[]): Promise<void> {
    try {
      await this.#file.write(lines.join(""));
      await this.#file.datasync();
    } catch (error) {
      this.#failed(error instanceof Error ? error : new Error(String(error)));
    }
  }
}

function transient({ event }: LoggedEvent): boolean {
  return event.type === "cell-progress" || event.type === "tensors";
}

function lineOf(logged: LoggedEvent): string {
  return `${JSON.stringify(logged)}\n`;
}

function parsed(line: string): LoggedEvent | undefined {
  try {
    const value: LoggedEvent = JSON.parse(line);
    return typeof value.seq === "number" && typeof value.event?.type === "string" ? value : undefined;
  } catch {
    return undefined;
  }
}
