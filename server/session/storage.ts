/** What a page's session keeps on disk: its log, the notebook's file, and the values of inputs. A headless session keeps nothing. */
import { dirname, join } from "node:path";
import type { LoggedEvent, SessionEvent } from "../events.ts";
import type { SessionState } from "../state/state.ts";
import { AgreedText } from "./agreed-text.ts";
import { Blobs, blobFolder } from "./blobs.ts";
import { type FileEvents, NotebookFile } from "./file.ts";
import { logPath } from "./history.ts";
import { inputsPath, writeInputs } from "./inputs-file.ts";
import { placeInside } from "./inside.ts";
import { Log } from "./log.ts";
import type { Reading } from "./notebook-reading.ts";

export type StorageListeners = {
  readonly state: () => SessionState;
  /** Something happened on the disk: the file was changed in another program, or could not be written. */
  readonly happened: (event: SessionEvent) => void;
};

export class Storage {
  readonly #workspace: string;
  readonly #path: string;
  readonly #listeners: StorageListeners;
  readonly #file: NotebookFile;
  readonly #log: Log;
  readonly blobs: Blobs;
  #savingInputs: Promise<void> = Promise.resolve();

  private constructor(
    workspace: string,
    path: string,
    log: Log,
    blobs: Blobs,
    file: NotebookFile,
    listeners: StorageListeners,
  ) {
    this.#workspace = workspace;
    this.#path = path;
    this.#log = log;
    this.blobs = blobs;
    this.#file = file;
    this.#listeners = listeners;
  }

  /**
   * Starts the log with the state, and watches the file.
   * @param read what the notebook's file holds
   * @throws if nothing can be saved in this workspace: it is read-only, the disk is full, or `.palimpsest` leads elsewhere
   */
  static async begin(
    workspace: string,
    path: string,
    read: Reading & { readonly text: string },
    listeners: StorageListeners,
  ): Promise<Storage> {
    const { state, happened } = listeners;
    for (const folder of [
      dirname(logPath(workspace, path)),
      dirname(inputsPath(workspace, path)),
      blobFolder(workspace, path),
    ])
      if ((await placeInside(workspace, folder)) !== folder)
        throw new Error(`${folder} leads through a link to another folder. Remove the link to save here`);
    const notify = (level: "warn" | "error", text: string): void => happened({ type: "notice", level, text });
    const log = await Log.begin(logPath(workspace, path), {
      state,
      failed: (error) => notify("error", unsaved(error)),
      lost: () => {
        notify("warn", RESTORED);
        storage.#restoreOthers();
      },
    });
    const blobs = new Blobs(blobFolder(workspace, path), state, (error) =>
      notify("error", `A large output could not be saved, so it is lost when the workbench ends: ${error.message}.`),
    );
    const record = new AgreedText(workspace, path);
    const place = { inside: workspace, agreed: await record.read() };
    const logged = (): Promise<boolean> =>
      log.flush().then(
        () => true,
        () => false,
      );
    const fileEvents: FileEvents = {
      cells: () => state().cells.map(({ cell }) => cell),
      settings: () => state().settings,
      merged: (cells, settings) => happened({ type: "replaced", cells, settings }),
      notice: (level, text, action) => happened({ type: "notice", level, text, ...(action && { action }) }),
      writing: async (text) => {
        if (await logged()) await record.begin(text).catch(() => undefined);
      },
      // Only if the log has the same cells: otherwise the next session would take the older cells of the log for newer edits.
      agreed: async (text) => {
        if (await logged()) await record.agree(text);
      },
    };
    const file = new NotebookFile(join(workspace, path), read, fileEvents, place);
    try {
      if ("notebook" in read) await record.agree(read.text);
    } catch (error) {
      await log.close();
      throw error;
    }
    file.start();
    const storage = new Storage(workspace, path, log, blobs, file, listeners);
    // The log may hold a value that was set just before the server was killed.
    if (Object.keys(state().inputValues).length > 0) storage.saveInputs();
    return storage;
  }

  /** The files beside the log. */
  #restoreOthers(): void {
    this.saveInputs();
    // Without it, the next session takes the file's cells, which are at most a moment older.
    void new AgreedText(this.#workspace, this.#path).agree(this.#file.agreedText).catch(() => undefined);
  }

  append(events: readonly LoggedEvent[]): void {
    this.#log.append(events);
  }

  /** Resolves when all events are on the disk. @throws with a message for the user */
  async flush(): Promise<void> {
    await this.#log.flush().catch((error: Error) => {
      throw new Error(unsaved(error));
    });
  }

  /** The cells or settings changed: writes the file soon. */
  touchFile(): void {
    this.#file.touch();
  }

  /** Writes the notebook's file even if it was deleted. */
  async saveFileAgain(): Promise<void> {
    await this.#file.saveAgain();
  }

  saveInputs(): void {
    this.#savingInputs = this.#savingInputs
      .then(() => writeInputs(this.#workspace, this.#path, this.#listeners.state().inputValues))
      .catch((error: Error) => {
        const text = `The values of the inputs could not be saved: ${error.message}.`;
        this.#listeners.happened({ type: "notice", level: "error", text });
      });
  }

  /** Writes the notebook's file and the inputs for the last time. The file may have changed: then events happen once more. */
  async closeFiles(): Promise<void> {
    await Promise.all([this.#file.close(), this.#savingInputs]);
  }

  /** The last step: nothing may be appended after it. */
  async closeLog(): Promise<void> {
    await this.blobs.flush();
    await this.blobs.sweep();
    await this.#log.close();
  }
}

const RESTORED =
  "The folder .palimpsest was deleted or replaced in another program. The session was saved there again. Checkpoints, cached results and the files of earlier runs in it are gone.";

function unsaved(error: Error): string {
  return `The session could not be saved: ${error.message}. Free some disk space; the next change tries again.`;
}
