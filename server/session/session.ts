/**
 * An open notebook: its event loop. Everything that happens passes through `#record`: it numbers the events, applies the
 * reducer, writes the log and tells the listeners; then the driver brings the kernel in line with the new state. No answer
 * to a page waits for the kernel, except after a restart of it.
 */
import { randomUUID } from "node:crypto";
import { dirname, join } from "node:path";
import type { LoggedEvent, Question, SessionEvent } from "../events.ts";
import type { Used } from "../messages.ts";
import type { Request } from "../protocol.ts";
import { spared } from "../state/question.ts";
import { reduce } from "../state/reducer.ts";
import { eventsOf, Refused } from "../state/requests.ts";
import type { SessionState } from "../state/state.ts";
import { CacheLookup } from "./cache.ts";
import { explained } from "./errno.ts";
import { KernelDriver } from "./kernel-driver.ts";
import type { Reading } from "./notebook-reading.ts";
import type { SessionOptions } from "./options.ts";
import { ProjectFiles } from "./project-files.ts";
import { RecentEvents } from "./recent-events.ts";
import { Storage } from "./storage.ts";
import { Uses } from "./uses.ts";

export type Listener = (events: readonly LoggedEvent[]) => void;

export class Session {
  /** Another one whenever the notebook is opened. */
  readonly epoch = randomUUID();
  readonly #options: SessionOptions;
  readonly #listeners = new Set<Listener>();
  readonly #recent: RecentEvents;
  readonly #closeListeners: (() => void)[] = [];
  readonly #kernel: KernelDriver;
  readonly #files: ProjectFiles;
  readonly #cache: CacheLookup;
  readonly #uses: Uses;
  #state: SessionState;
  /** The values of inputs that are saved. */
  #inputValues: SessionState["inputValues"];
  #storage: Storage | undefined;
  /** Why nothing can be saved. */
  #readOnly: string | undefined;
  #closing: Promise<void> | undefined;
  #looking: Promise<void> = Promise.resolve();
  /** How many readings of imported files are under way. */
  #reading = 0;
  /** No more events are taken. */
  #closed = false;

  /** @param first what the session starts with; `openSession` reads it */
  constructor(options: SessionOptions, first: SessionState) {
    this.#options = options;
    this.#state = first;
    this.#recent = new RecentEvents(first.seq);
    this.#inputValues = first.inputValues;
    const folder = dirname(join(options.workspace, options.path));
    this.#files = new ProjectFiles(folder, options.workspace, {
      changed: () => void this.#readFiles(),
      failed: (text) => this.#notify("warn", text),
    });
    this.#cache = new CacheLookup(options.workspace, options.seed);
    this.#uses = new Uses(options.workspace, options.path);
    const onUse = (used: Used): void => {
      this.#uses.add(used);
      options.onUse?.(used);
    };
    this.#kernel = new KernelDriver(
      { ...options, onUse },
      {
        state: () => this.#state,
        publish: (events) => this.#publish(events),
        record: (events) => this.#record(events),
      },
    );
  }

  /** Starts to save and to watch files. @param read what the notebook's file holds */
  async begin(read: Reading & { readonly text: string }): Promise<void> {
    const { workspace, path, use } = this.#options;
    if (use.kind === "page") {
      const listeners = {
        state: () => this.#state,
        happened: (event: SessionEvent) => this.#record(this.#askedFirst(event)),
      };
      this.#storage = await Storage.begin(workspace, path, read, listeners).catch((error: Error) => {
        const reason = explained(error)?.message ?? `${error.message}.`;
        this.#readOnly = `This notebook is read-only, since nothing can be saved here: ${reason}`;
        this.#notify("error", this.#readOnly);
        return undefined;
      });
      if (this.#storage) await this.#uses.load();
    }
    if ("fault" in read)
      this.#notify("error", `${read.fault} Palimpsest will not write to this file until you fix it.`);
    await this.#readImported();
    await this.#lookInCache();
  }

  get state(): SessionState {
    return this.#state;
  }

  /** What its cells have used from outside of the notebook. */
  get used(): readonly Used[] {
    return this.#uses.all;
  }

  get seed(): number {
    return this.#options.seed;
  }

  /** Resolves when the effects are in the log. @throws Refused with a message for the user */
  async request(request: Request): Promise<void> {
    if (request.type === "restart-kernel") await this.#kernel.restart();
    else if (request.type === "save-file") await this.#storage?.saveFileAgain();
    else {
      const { question } = this.#state;
      this.#record(this.#permitted(eventsOf(this.#state, request, Date.now())));
      if (request.type === "decide" && question) this.#decided(question, request.accept);
    }
    await this.#storage?.flush().catch((error: Error) => {
      throw new Refused(error.message);
    });
  }

  #decided(question: Question, accept: boolean): void {
    if (question.about === "unresponsive") {
      if (accept) this.#kernel.endOverdue();
    } else if (!accept && question.origin === "file") {
      // The cells that stay are written back.
      this.#storage?.touchFile();
    }
  }

  /** @throws Refused if the events change the notebook and it cannot be saved */
  #permitted(events: readonly SessionEvent[]): readonly SessionEvent[] {
    if (this.#readOnly !== undefined && events.some(changesNotebook)) throw new Refused(this.#readOnly);
    return events;
  }

  /** The events after a sequence number; undefined if there are too many: then the whole state says it in less. */
  eventsAfter(seq: number): readonly LoggedEvent[] | undefined {
    return this.#recent.after(seq);
  }

  /** Calls the listener with all events that follow, in order. @returns a function that stops listening */
  subscribe(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** The JSON text of a large output; undefined if no cell shows it any more. */
  async blob(hash: string): Promise<string | undefined> {
    return this.#storage?.blobs.read(hash);
  }

  /** Calls the listener when the session is closed. */
  onClosed(listener: () => void): void {
    this.#closeListeners.push(listener);
  }

  /** Ends the kernel and says why in the notebook. The next run starts a new one. */
  async shutDownKernel(reason: string): Promise<void> {
    await this.#kernel.shutDown(reason);
    this.#notify("info", reason);
  }

  /** Ends the kernel, writes what is not written yet, and closes the files. Every call resolves when all that is done. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    const kernel = this.#kernel.close();
    this.#files.close();
    // A change of the file that was not noticed yet is still merged, not overwritten.
    await this.#storage?.closeFiles();
    this.#closed = true;
    await Promise.all([kernel, this.#storage?.closeLog(), this.#uses.flush()]);
    for (const tell of this.#closeListeners.splice(0)) tell();
  }

  #apply(event: SessionEvent, time: number): LoggedEvent {
    const logged = { seq: this.#state.seq + 1, time, event };
    this.#state = reduce(this.#state, logged);
    this.#recent.add(logged);
    return logged;
  }

  #record(events: readonly SessionEvent[]): void {
    if (this.#closed || events.length === 0) return;
    this.#publish(events);
    this.#advance();
    void this.#lookInCache();
  }

  #notify(level: "info" | "warn" | "error", text: string): void {
    this.#record([{ type: "notice", level, text }]);
  }

  /** No plan is made while files are read: the snapshots of cells that import files depend on them. */
  #advance(): void {
    if (this.#reading === 0) this.#kernel.advance();
  }

  async #readImported(): Promise<void> {
    if (this.#files.importsChanged(this.#state)) await this.#readFiles();
  }

  async #readFiles(): Promise<void> {
    this.#reading += 1;
    const files = await this.#files
      .read(() => this.#state)
      .catch((error: Error) => {
        this.#notify("error", `Imported files could not be read: ${error.message}`);
        return undefined;
      });
    this.#reading -= 1;
    if (files) this.#record([{ type: "files-read", files }]);
    else if (!this.#closed) this.#advance();
  }

  /** One look after the other, so that who waits for a look has also waited for those before it. */
  #lookInCache(): Promise<void> {
    this.#looking = this.#looking.then(async () => {
      for (const event of await this.#cache.found(this.#state)) this.#record([event]);
    });
    return this.#looking;
  }

  #publish(events: readonly SessionEvent[]): void {
    const time = Date.now();
    const logged = events.map((event) => this.#apply(this.#storage?.blobs.shortened(event) ?? event, time));
    this.#storage?.append(logged);
    for (const listener of this.#listeners) listener(logged);
    for (const event of events) this.#follow(event);
    if (this.#state.inputValues === this.#inputValues) return;
    this.#inputValues = this.#state.inputValues;
    this.#storage?.saveInputs();
  }

  /** What another program did to the file happens here too, but for what would lose something: the page asks about that. */
  #askedFirst(event: SessionEvent): readonly SessionEvent[] {
    if (event.type !== "replaced") return [event];
    const { cells, question } = spared(this.#state, event.cells, Date.now());
    return [{ ...event, cells }, ...(question ? [{ type: "question-asked" as const, question }] : [])];
  }

  /** What an event asks of the files, and of the kernel beyond the plan. */
  #follow(event: SessionEvent): void {
    if (changesNotebook(event)) {
      this.#storage?.touchFile();
      if (event.type === "cell-removed" || event.type === "replaced") this.#kernel.forgetRemovedCells();
      void this.#readImported();
    }
    switch (event.type) {
      case "cell-renamed":
        this.#kernel.renamed(event.cell, event.to);
        break;
      case "cell-started":
        this.#uses.forget(event.cell);
        break;
      case "stop-asked":
        this.#kernel.stop(event.cell);
        break;
      case "run-steered":
        this.#kernel.steer({ type: "steer", run: event.run, order: event.order });
        break;
      default:
        break;
    }
  }
}

function changesNotebook({ type }: SessionEvent): boolean {
  switch (type) {
    case "cell-edited":
    case "cell-inserted":
    case "cell-removed":
    case "cell-moved":
    case "cell-mode":
    case "cell-options":
    case "cell-renamed":
    case "settings":
    case "replaced":
      return true;
    default:
      return false;
  }
}
