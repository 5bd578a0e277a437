/**
 * An open notebook: its state, log, file and kernel. Everything that happens passes through `#record`: it numbers the events,
 * applies the reducer, writes the log and tells the listeners. Then `#advance` does what `plan.ts` says the kernel must do.
 * Nothing here waits for the kernel before it answers a page.
 */
import { randomUUID } from "node:crypto";
import { dirname, join } from "node:path";
import type { LoggedEvent, SessionEvent } from "../events.ts";
import type { FromKernel } from "../messages.ts";
import type { CellId } from "../notebook/types.ts";
import type { Request } from "../protocol.ts";
import type { TimedEvent } from "../state/condense.ts";
import { alive, runsTopLevel } from "../state/freshness.ts";
import { type Action, inputKey, type KernelView, NO_KERNEL, plan } from "../state/plan.ts";
import { initialState, reduce } from "../state/reducer.ts";
import { eventsOf, Refused } from "../state/requests.ts";
import { cellState, type SessionState } from "../state/state.ts";
import { CacheLookup } from "./cache.ts";
import { Coalescing } from "./coalescing.ts";
import type { Reading } from "./file.ts";
import { type KernelEnding, KernelSupervisor } from "./kernel-supervisor.ts";
import type { SessionOptions } from "./options.ts";
import { ProjectFiles } from "./project-files.ts";
import { Storage } from "./storage.ts";

export type Listener = (events: readonly LoggedEvent[]) => void;

const GRACE_MS = 5_000;
const NEW_KERNEL =
  "A new kernel is starting. Outputs are kept. Cached cells are restored; run the others again. A training continues from its last checkpoint.";

export class Session {
  /** Changes whenever the log starts again. */
  readonly epoch = randomUUID();
  readonly #options: SessionOptions;
  readonly #listeners = new Set<Listener>();
  readonly #events: LoggedEvent[] = [];
  readonly #kernel: KernelSupervisor;
  readonly #fromKernel = new Coalescing((events) => this.#record(events));
  readonly #files: ProjectFiles;
  readonly #cache: CacheLookup;
  #state: SessionState;
  #view: KernelView = NO_KERNEL;
  #storage: Storage | undefined;
  /** Why nothing can be saved. */
  #readOnly: string | undefined;
  #closed = false;
  #refusedKernelMessages = false;

  /** @param first what the session starts with; `openSession` reads it */
  constructor(options: SessionOptions, first: readonly TimedEvent[]) {
    this.#options = options;
    this.#state = initialState(options.path);
    for (const { time, event } of first) this.#apply(event, time);
    const folder = dirname(join(options.workspace, options.path));
    this.#files = new ProjectFiles(folder, {
      changed: () => this.#record(this.#filesRead(this.#files.read(this.#state))),
      failed: (text) => this.#notify("warn", text),
    });
    this.#cache = new CacheLookup(options.workspace, options.seed);
    this.#kernel = new KernelSupervisor(options.grace ?? GRACE_MS, {
      said: (message) => this.#heard(message),
      refused: (fault) => this.#refuse(fault),
      ended: (end) => this.#kernelEnded(end),
    });
  }

  /** Starts to save and to watch files. @param read what the notebook's file holds */
  async begin(read: Reading & { readonly text: string }): Promise<void> {
    const { workspace, path, use } = this.#options;
    if (use.kind === "page") {
      const listeners = { state: () => this.#state, happened: (event: SessionEvent) => this.#record([event]) };
      this.#storage = await Storage.begin(workspace, path, this.#events, read, listeners).catch((error: Error) => {
        this.#readOnly = `This notebook is read-only, since nothing can be saved here: ${error.message}.`;
        this.#notify("error", this.#readOnly);
        return undefined;
      });
    }
    if ("fault" in read)
      this.#notify("error", `${read.fault} Palimpsest will not write to this file until you fix it.`);
    this.#readImported();
    await this.#lookInCache();
  }

  get state(): SessionState {
    return this.#state;
  }

  /** Resolves when the effects are in the log. @throws Refused with a message for the user */
  async request(request: Request): Promise<void> {
    if (request.type === "restart-kernel") await this.#restartKernel();
    else this.#record(this.#permitted(eventsOf(this.#state, request)));
    await this.#storage?.flush().catch((error: Error) => {
      throw new Refused(error.message);
    });
  }

  /** @throws Refused if the events change the notebook and it cannot be saved */
  #permitted(events: readonly SessionEvent[]): readonly SessionEvent[] {
    if (this.#readOnly !== undefined && events.some(changesNotebook)) throw new Refused(this.#readOnly);
    return events;
  }

  /** Gives the events after `since` at once, then all that follow, in order. @returns a function that stops listening */
  subscribe(since: number, listener: Listener): () => void {
    const missed = this.#events.slice(since);
    if (missed.length > 0) listener(missed);
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Ends the kernel, writes what is not written yet, and closes the files. */
  async close(): Promise<void> {
    if (this.#closed) return;
    const kernel = this.#kernel.close("closed", "The workbench was closed.");
    this.#closed = true;
    this.#files.close();
    await Promise.all([kernel, this.#storage?.close()]);
  }

  #apply(event: SessionEvent, time: number): LoggedEvent {
    const logged = { seq: this.#state.seq + 1, time, event };
    this.#state = reduce(this.#state, logged);
    this.#events.push(logged);
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

  #advance(): void {
    for (;;) {
      const before = this.#view.planned;
      const { actions, view } = plan(this.#state, this.#view);
      this.#view = view;
      if (actions.length === 0) return;
      for (const action of actions) this.#perform(action, before);
    }
  }

  /** Comes before any plan: the snapshots of cells that import files depend on these. */
  #readImported(): void {
    const read = this.#filesRead(this.#files.imported(this.#state));
    if (read.length > 0) this.#publish(read);
  }

  #filesRead(files: SessionState["files"] | undefined): readonly SessionEvent[] {
    return files ? [{ type: "files-read", files }] : [];
  }

  async #lookInCache(): Promise<void> {
    for (const found of await this.#cache.found(this.#state)) this.#record([{ type: "cache-found", ...found }]);
  }

  #publish(events: readonly SessionEvent[]): void {
    const time = Date.now();
    const logged = events.map((event) => this.#apply(event, time));
    this.#storage?.append(logged);
    for (const listener of this.#listeners) listener(logged);
    for (const event of events) this.#follow(event);
  }

  /** What an event asks of the files, and of the kernel beyond the plan. */
  #follow(event: SessionEvent): void {
    if (changesNotebook(event)) {
      this.#storage?.touchFile();
      if (event.type === "cell-removed" || event.type === "replaced") this.#forget();
      this.#readImported();
    }
    switch (event.type) {
      case "input-set":
        this.#storage?.saveInputs();
        break;
      case "stop-asked":
        this.#stop(event.cell);
        break;
      case "run-steered":
        this.#kernel.tell({ type: "steer", run: event.run, order: event.order });
        break;
      default:
        break;
    }
  }

  /** Cells that the notebook no longer has keep nothing for a next generation. */
  #forget(): void {
    const known = (this.#view.planned?.cells ?? [])
      .filter(({ generation }) => generation > 0)
      .map(({ cell }) => cell.id);
    const gone = known.filter((id) => !cellState(this.#state, id));
    if (gone.length > 0) this.#kernel.tell({ type: "forget", cells: gone });
  }

  /** @param before the state that the kernel was in line with */
  #perform(action: Action, before: SessionState | undefined): void {
    switch (action.type) {
      case "start-kernel":
        this.#startKernel();
        break;
      case "end": {
        const generationOf = (id: CellId): number => (before && cellState(before, id)?.generation) ?? 0;
        this.#kernel.endGenerations(action.cells.map((cell) => ({ cell, generation: generationOf(cell) })));
        break;
      }
      case "execute": {
        // The log says when a generation starts, so that no event can fall between the request and the start.
        const { cell, generation, snapshot } = action;
        this.#kernel.execute(action);
        this.#publish([{ type: "cell-started", cell, generation, snapshot }]);
        break;
      }
      default:
        this.#kernel.tell(action);
    }
  }

  #startKernel(): void {
    const { workspace, path, backend, seed, memory } = this.#options;
    const notebook = join(workspace, path);
    const chosen = { ...(backend !== undefined && { backend }), ...(memory !== undefined && { memory }) };
    this.#kernel.start(dirname(notebook), { type: "open", notebook, workspace, seed, ...chosen });
    this.#view = { ...this.#view, process: "starting" };
    this.#refusedKernelMessages = false;
    this.#publish([{ type: "kernel-starting" }]);
  }

  #heard(message: FromKernel): void {
    switch (message.type) {
      case "cell-started":
      case "open-failed":
        return;
      case "kernel-ready":
        this.#view = { ...this.#view, process: "ready" };
        break;
      case "input-declared": {
        const cell = cellState(this.#state, message.cell);
        if (cell?.values.kind !== "in-kernel" || cell.generation !== message.generation) return;
        const inputs = new Map(this.#view.inputs).set(inputKey(message.cell, message.name), message.value);
        this.#view = { ...this.#view, inputs };
        break;
      }
      default:
        break;
    }
    this.#fromKernel.push(message);
  }

  /** Said once for each kernel: code that sends one such message mostly sends many. */
  #refuse(fault: string): void {
    if (this.#refusedKernelMessages) return;
    this.#refusedKernelMessages = true;
    this.#notify(
      "warn",
      `A cell sent a message to the server that was ignored: ${fault}. Cells cannot use process.send.`,
    );
  }

  /** If nobody asked for the end, a new kernel starts and restores what it can. */
  #kernelEnded(end: KernelEnding): void {
    const { cause, reason } = end;
    this.#fromKernel.flush();
    const waiting = this.#state.cells.filter((each) => each.status === "queued" || runsTopLevel(each));
    const replaced = cause === "died" || cause === "unresponsive";
    const restart = replaced && this.#options.use.kind === "page" && this.#state.cells.some(alive);
    this.#view = NO_KERNEL;
    const text = restart ? `${reason} ${NEW_KERNEL}` : reason;
    const notice: SessionEvent = { type: "notice", level: cause === "died" ? "error" : "warn", text };
    const ended: SessionEvent = { type: "kernel-ended", cause, reason };
    this.#record(replaced ? [ended, notice] : [ended]);
    if (restart && !this.#kernel.started && !this.#closed) this.#startKernel();
    // A cell was to end so that others could run: these run in the new kernel.
    if (cause === "unresponsive" && end.told === "end" && waiting.length > 0)
      this.#record([{ type: "run-asked", cells: waiting.map(({ cell }) => cell.id) }]);
  }

  async #restartKernel(): Promise<void> {
    await this.#kernel.close("restarted", "The kernel was restarted.");
    if (!this.#kernel.started && !this.#closed) this.#startKernel();
  }

  #stop(id: CellId | undefined): void {
    const running = this.#state.cells.filter(
      (each) => each.status === "running" && (id === undefined || each.cell.id === id),
    );
    if (running.length === 0) return;
    this.#kernel.stop(
      id,
      running.map((each) => ({
        cell: each.cell.id,
        generation: each.generation,
        part: runsTopLevel(each) ? "top level" : "runs",
      })),
    );
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
