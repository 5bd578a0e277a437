/**
 * An open notebook: owns its state, its log, its file and its kernel. All that happens passes through `#record`, which
 * numbers the events, applies the reducer, writes the log and tells whoever listens; then `#advance` performs what
 * `plan.ts` says the kernel must do. Nothing here waits for the kernel to answer a page.
 */
import { randomUUID } from "node:crypto";
import { dirname, join } from "node:path";
import type { LoggedEvent, SessionEvent } from "../events.ts";
import type { FromKernel } from "../messages.ts";
import { DEFAULT_SETTINGS } from "../notebook/source/settings.ts";
import type { CellId } from "../notebook/types.ts";
import type { Request } from "../protocol.ts";
import { alive, runsTopLevel } from "../state/freshness.ts";
import { type Action, inputKey, type KernelView, NO_KERNEL, plan } from "../state/plan.ts";
import { initialState, reduce } from "../state/reducer.ts";
import { eventsOf } from "../state/requests.ts";
import { cellState, type SessionState } from "../state/state.ts";
import { CacheLookup } from "./cache.ts";
import { Coalescing } from "./coalescing.ts";
import { NotebookFile, readNotebook } from "./file.ts";
import { Grace } from "./grace.ts";
import { KernelProcess } from "./kernel-process.ts";
import { Log } from "./log.ts";
import { type Inputs, logPath, remembered, writeInputs } from "./persistence.ts";
import { ProjectFiles } from "./project-files.ts";

export type SessionOptions = {
  /** The workspace's folder, absolute. */
  readonly workspace: string;
  /** The notebook, relative to the workspace, with forward slashes. */
  readonly path: string;
  readonly backend?: string;
  /** Most bytes that tensors may take; what the machine has, where left out. */
  readonly memory?: number;
  readonly seed: number;
  /**
   * `page`: the log and the values of inputs are kept, edits are saved, and changes made outside are merged in.
   * `headless`: nothing is written but what the cells write; `inputs` are the values to run with.
   */
  readonly use: { readonly kind: "page" } | { readonly kind: "headless"; readonly inputs: Inputs };
  /** Milliseconds that a kernel has to obey before it is killed. */
  readonly grace?: number;
};

export type Listener = (events: readonly LoggedEvent[]) => void;

const GRACE_MS = 5_000;
const RETURNS =
  "Another one begins. Outputs are kept; values come back where a cell has a cache, trainings go on from their last checkpoint when " +
  "their cell runs, and all else is stale until it runs.";

export class Session {
  /** Changes whenever the log is begun anew. */
  readonly epoch = randomUUID();
  readonly #options: SessionOptions;
  readonly #listeners = new Set<Listener>();
  readonly #events: LoggedEvent[] = [];
  readonly #grace: Grace;
  readonly #fromKernel = new Coalescing((events) => this.#record(events));
  #state: SessionState;
  #view: KernelView = NO_KERNEL;
  #log: Log | undefined;
  #file: NotebookFile | undefined;
  #kernel: KernelProcess | undefined;
  readonly #files: ProjectFiles;
  readonly #caches: CacheLookup;
  #savingInputs: Promise<void> = Promise.resolve();
  #closed = false;

  private constructor(options: SessionOptions) {
    this.#options = options;
    this.#state = initialState(options.path);
    const folder = dirname(join(options.workspace, options.path));
    this.#files = new ProjectFiles(folder, () => this.#record(this.#filesRead(this.#files.read(this.#state))));
    this.#caches = new CacheLookup(options.workspace, options.seed);
    this.#grace = new Grace(options.grace ?? GRACE_MS, (cell, told) => this.#overdue(cell, told));
  }

  /** @throws as reading the notebook's file does. A file that is no notebook opens with a notice and is left alone. */
  static async open(options: SessionOptions): Promise<Session> {
    const session = new Session(options);
    const { workspace, path, use } = options;
    const read = await readNotebook(join(workspace, path));
    const cells = "notebook" in read ? read.notebook.cells : undefined;
    const now = Date.now();
    const settings = ("notebook" in read && read.notebook.settings) || DEFAULT_SETTINGS;
    if (use.kind === "headless") {
      // Nobody is there to be asked.
      const unasked = { ...settings, ask: "never" as const };
      session.#apply({ type: "opened", path, cells: cells ?? [], inputs: use.inputs, settings: unasked }, now);
    } else {
      for (const { time, event } of await remembered(workspace, path, cells, now, settings))
        session.#apply(event, time);
      session.#log = await Log.begin(logPath(workspace, path), session.#events, (error) => session.#logFailed(error));
      session.#file = new NotebookFile(join(workspace, path), read, {
        cells: () => session.#state.cells.map((each) => each.cell),
        settings: () => session.#state.settings,
        merged: (merged, theirs) => session.#record([{ type: "replaced", cells: merged, settings: theirs }]),
        notice: (level, text) => session.#record([{ type: "notice", level, text }]),
      });
      session.#file.watch();
    }
    if ("fault" in read)
      session.#record([{ type: "notice", level: "error", text: `${read.fault} It is left alone until it is mended.` }]);
    session.#readImported();
    await session.#lookInCache();
    return session;
  }

  get state(): SessionState {
    return this.#state;
  }

  /** Resolves when the effects are in the log. @throws Refused with a message for the user. */
  async request(request: Request): Promise<void> {
    if (request.type === "restart-kernel") await this.#restartKernel();
    else this.#record(eventsOf(this.#state, request));
    await this.#log?.flush();
  }

  /** Gives the events after `since`, at once, and then all that follow, in order. @returns how to stop listening. */
  subscribe(since: number, listener: Listener): () => void {
    const missed = this.#events.slice(since);
    if (missed.length > 0) listener(missed);
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Ends the kernel, writes what is not written yet, and lets go of the file. */
  async close(): Promise<void> {
    if (this.#closed) return;
    const kernel = this.#kernel;
    if (kernel) this.#kernelEnded(true, "The workbench was closed.");
    this.#closed = true;
    this.#files.close();
    await Promise.all([kernel?.close(), this.#file?.close(), this.#savingInputs]);
    await this.#log?.close();
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

  #advance(): void {
    for (;;) {
      const held = this.#view.planned;
      const { actions, view } = plan(this.#state, this.#view);
      this.#view = view;
      if (actions.length === 0) return;
      for (const action of actions) this.#perform(action, held);
    }
  }

  /** Before anything is planned: the snapshots of cells that import files are made of these. */
  #readImported(): void {
    const read = this.#filesRead(this.#files.imported(this.#state));
    if (read.length > 0) this.#publish(read);
  }

  #filesRead(files: SessionState["files"] | undefined): readonly SessionEvent[] {
    return files ? [{ type: "files-read", files }] : [];
  }

  async #lookInCache(): Promise<void> {
    for (const found of await this.#caches.found(this.#state)) this.#record([{ type: "cache-found", ...found }]);
  }

  #publish(events: readonly SessionEvent[]): void {
    const time = Date.now();
    const logged = events.map((event) => this.#apply(event, time));
    this.#log?.append(logged);
    for (const listener of this.#listeners) listener(logged);
    for (const event of events) this.#follow(event);
  }

  /** What an event asks of the files, and of the kernel beyond the plan. */
  #follow(event: SessionEvent): void {
    switch (event.type) {
      case "cell-edited":
      case "cell-inserted":
      case "cell-removed":
      case "cell-moved":
      case "cell-mode":
      case "cell-options":
      case "cell-renamed":
      case "settings":
      case "replaced":
        this.#file?.touch();
        if (event.type === "cell-removed" || event.type === "replaced") this.#forget();
        this.#readImported();
        break;
      case "input-set":
        if (this.#options.use.kind === "page") this.#saveInputs();
        break;
      case "stop-asked":
        this.#stop(event.cell);
        break;
      case "run-steered":
        this.#kernel?.tell({ type: "steer", run: event.run, order: event.order });
        break;
      default:
        break;
    }
  }

  /** Cells that the notebook has no more leave nothing to a next generation. */
  #forget(): void {
    const known = (this.#view.planned?.cells ?? []).filter(({ generation }) => generation > 0).map(({ cell }) => cell.id);
    const gone = known.filter((id) => !cellState(this.#state, id));
    if (gone.length > 0) this.#kernel?.tell({ type: "forget", cells: gone });
  }

  /** @param held what the kernel held before. */
  #perform(action: Action, held: SessionState | undefined): void {
    if (action.type === "start-kernel") {
      this.#startKernel();
      return;
    }
    this.#kernel?.tell(action);
    if (action.type === "end") {
      for (const cell of action.cells) {
        const generation = (held && cellState(held, cell)?.generation) ?? 0;
        if (this.#grace.told(cell, generation, "end")) this.#kernel?.interrupt(cell, generation);
      }
    } else if (action.type === "execute") {
      // The log says when a generation begins, so that no event can fall between the asking and the beginning.
      const { cell, generation, snapshot } = action;
      this.#grace.began(cell, generation);
      this.#publish([{ type: "cell-started", cell, generation, snapshot }]);
    }
  }

  #startKernel(): void {
    const { workspace, path, backend, seed, memory } = this.#options;
    const notebook = join(workspace, path);
    const kernel = new KernelProcess(dirname(notebook), {
      said: (message) => {
        if (this.#kernel === kernel) this.#heard(message);
      },
      gone: (reason) => {
        if (this.#kernel === kernel) this.#kernelEnded(false, reason);
      },
    });
    this.#kernel = kernel;
    this.#view = { ...this.#view, process: "starting" };
    const chosen = { ...(backend !== undefined && { backend }), ...(memory !== undefined && { memory }) };
    kernel.tell({ type: "open", notebook, workspace, seed, ...chosen });
    this.#publish([{ type: "kernel-starting" }]);
  }

  #heard(message: FromKernel): void {
    switch (message.type) {
      case "cell-started":
        return;
      case "open-failed":
        this.#kernel?.kill();
        this.#kernelEnded(false, message.message);
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
      case "cell-finished":
        this.#grace.finished(message.cell, message.generation);
        break;
      default:
        break;
    }
    this.#fromKernel.push(message);
  }

  /** The process is gone, or is no longer ours to listen to. Where nobody wanted that, another one begins and restores what it can. */
  #kernelEnded(expected: boolean, reason: string, returns = !expected): void {
    this.#fromKernel.flush();
    const returning = returns && this.#options.use.kind === "page" && this.#state.cells.some(alive);
    this.#grace.clear();
    this.#kernel = undefined;
    this.#view = NO_KERNEL;
    const ended: SessionEvent = { type: "kernel-ended", expected, reason, ...(expected && returns && { returns }) };
    const text = returning ? `${reason} ${RETURNS}` : reason;
    this.#record(returns ? [ended, { type: "notice", level: expected ? "warn" : "error", text }] : [ended]);
    if (returning && !this.#kernel && !this.#closed) this.#startKernel();
  }

  async #restartKernel(): Promise<void> {
    const old = this.#kernel;
    if (old) this.#kernelEnded(true, "The kernel was restarted.");
    await old?.close();
    if (!this.#kernel && !this.#closed) this.#startKernel();
  }

  #stop(id: CellId | undefined): void {
    const running = this.#state.cells.filter(
      (each) => each.status === "running" && (id === undefined || each.cell.id === id),
    );
    if (running.length === 0) return;
    this.#kernel?.tell({ type: "stop", ...(id !== undefined && { cell: id }) });
    for (const each of running) {
      const { cell, generation } = each;
      // A run ends at its next step, with all that it has learnt; only a top level has to be interrupted.
      if (this.#grace.told(cell.id, generation, "stop") && runsTopLevel(each)) this.#kernel?.interrupt(cell.id, generation);
    }
  }

  /** A kernel caught in code that never yields cannot hear. It is killed; what waited for the end runs in a new one. */
  #overdue(id: CellId, told: "stop" | "end"): void {
    const waiting = this.#state.cells
      .filter((each) => each.status === "queued" || runsTopLevel(each))
      .map((each) => each.cell.id);
    this.#kernel?.kill();
    this.#kernelEnded(true, `The cell ${id} could not be interrupted, so the kernel was ended.`, true);
    if (told === "end" && waiting.length > 0) this.#record([{ type: "run-asked", cells: waiting }]);
  }

  #saveInputs(): void {
    const { workspace, path } = this.#options;
    this.#savingInputs = this.#savingInputs
      .then(() => writeInputs(workspace, path, this.#state.inputValues))
      .catch((error: Error) =>
        this.#record([
          { type: "notice", level: "error", text: `The inputs' values could not be saved: ${error.message}` },
        ]),
      );
  }

  #logFailed(error: Error): void {
    this.#log = undefined;
    this.#record([
      { type: "notice", level: "error", text: `The session's log cannot be written any more: ${error.message}` },
    ]);
  }
}
