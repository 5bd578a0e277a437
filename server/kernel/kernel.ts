/** The kernel: carries out the server's messages in their order and reports what happens. */
import { setHost } from "../../cells/host.ts";
import type { Shown } from "../events.ts";
import type { FromKernel, ReplayedRun, ToKernel, Used } from "../messages.ts";
import type { CellId } from "../notebook/types.ts";
import { FOREIGN } from "../session/cache.ts";
import { CellCache } from "./cell-cache.ts";
import { CellTable } from "./cell-table.ts";
import { clearEngine, watchEngine } from "./engine.ts";
import { execute } from "./execute.ts";
import { Files } from "./files.ts";
import { Generation } from "./generation.ts";
import { GlobalChanges } from "./global-changes.ts";
import { kernelHost } from "./host.ts";
import { Imports } from "./imports.ts";
import { setInput } from "./inputs.ts";
import type { Interrupts } from "./interrupts.ts";
import { Ledger } from "./ledger.ts";
import { listenToUses } from "./reads.ts";
import { cellNow } from "./reads-now.ts";
import { ShownRecorder } from "./shown-recorder.ts";
import { SignedResults } from "./signed-results.ts";
import { watchFiles } from "./watched-files.ts";

/** The share of the machine's memory that tensors may use unless a budget is given. */
const SHARE = 0.9;
/** Milliseconds without work before the garbage is collected. */
const IDLE_MS = 1_000;

type Order<T extends ToKernel["type"]> = Extract<ToKernel, { type: T }>;
type OpenNotebook = { readonly imports: Imports; readonly cache: CellCache; readonly globals: GlobalChanges };

export class Kernel {
  readonly #send: (message: FromKernel) => void;
  readonly #interrupts: Interrupts;
  readonly #ledger: Ledger;
  readonly #cells = new CellTable();
  #notebook: OpenNotebook | undefined;
  /** Results that are being written to the cache. */
  readonly #storing = new Set<Promise<void>>();
  #idle: NodeJS.Timeout | undefined;
  #replay: readonly ReplayedRun[] = [];

  constructor(send: (message: FromKernel) => void, interrupts: Interrupts) {
    this.#send = send;
    this.#interrupts = interrupts;
    this.#ledger = new Ledger((holdings) => send({ type: "tensors", ...holdings }));
  }

  handle(message: Exclude<ToKernel, { type: "close" }>): void {
    switch (message.type) {
      case "open":
        void this.#open(message);
        return;
      case "execute":
        void this.#execute(message);
        return;
      case "end":
        void this.#end(message.cells);
        return;
      case "forget":
        void this.#end(message.cells);
        for (const cell of message.cells) {
          this.#cells.forget(cell);
          this.#ledger.forget(cell);
        }
        return;
      case "input": {
        const generation = this.#cells.generation(message.cell);
        if (generation) setInput(generation, message.name, message.value);
        return;
      }
      case "steer":
        this.#cells.alive.some((generation) => generation.steer(message.run, message.order));
        return;
      case "stop":
        for (const generation of this.#cells.alive) {
          if (message.cell === undefined || message.cell === generation.cell) generation.stop();
        }
        return;
      default:
        message satisfies never;
    }
  }

  /** The living generation of a cell. */
  generation(cell: CellId): Generation | undefined {
    return this.#cells.generation(cell);
  }

  /** Ends everything. @returns a promise that resolves when the cache and the records of the runs are written */
  async close(): Promise<void> {
    await Promise.all(this.#storing);
    await this.#end(this.#cells.alive.map(({ cell }) => cell).reverse());
  }

  async #open({ notebook, workspace, backend, seed, memory, key, version, replay = [] }: Order<"open">): Promise<void> {
    try {
      const { chooseBackend } = await import("../../cells/device/backend.ts");
      const { availableMemory } = await import("../../cells/device/available-memory.ts");
      const { name, passedOver, note } = await chooseBackend(backend);
      watchEngine(this.#ledger);
      this.#ledger.budget = memory ?? SHARE * ((await availableMemory(name)) ?? Number.POSITIVE_INFINITY);
      const cache = new CellCache({ workspace, seed, key, backend: name, version });
      const files = new Files(notebook, workspace);
      const results = new SignedResults(files, key, () => this.#send({ type: "notice", level: "info", text: FOREIGN }));
      setHost(kernelHost({ workspace, notebook, seed, replay }, files, { results, version }, this.#send));
      this.#tellUses();
      watchFiles();
      this.#replay = replay;
      this.#notebook = { imports: new Imports(notebook), cache, globals: new GlobalChanges() };
      this.#send({ type: "kernel-ready", pid: process.pid, backend: name, passedOver });
      if (note) this.#send({ type: "notice", level: "warn", text: note });
    } catch (error) {
      this.#send({ type: "open-failed", message: error instanceof Error ? error.message : String(error) });
    }
  }

  /** Told a moment later: a read may be in the middle of the loading of a module. */
  #tellUses(): void {
    const tell = (used: Used): void => process.nextTick(() => this.#send(used));
    listenToUses({
      file: (path, mark) => tell({ type: "file-used", ...cellNow(), path, mark }),
      package: (name, state) => tell({ type: "package-used", ...cellNow(), name, ...state }),
    });
  }

  async #execute(order: Order<"execute">): Promise<void> {
    const notebook = this.#notebook;
    if (!notebook) throw new Error("The kernel was asked to execute a cell before it had opened the notebook.");
    const { cell, generation: number, snapshot, source, cache } = order;
    void this.#end([cell]);
    const code = this.#cells.code(cell, source);
    const { analysis } = code;
    code.runs += 1;
    const previous = this.#cells.latest(cell)?.kept;
    const start = { cell, number, snapshot, source, analysis, userValues: order.inputs, previous };
    const recorder =
      cache && new ShownRecorder(this.#send, (shown) => this.#store(notebook, generation, shown, order.files));
    const send = recorder ? (message: FromKernel): void => recorder.send(message) : this.#send;
    const generation = new Generation(start, this.#interrupts.flag(cell, number), send);
    const continued = this.#replay.flatMap((run) => (run.cell === cell && run.continues ? [run.continues] : []));
    generation.interruptedRuns.push(...(order.interrupted ?? []), ...continued);
    this.#cells.add(generation);
    this.#ledger.begin(generation);
    generation.send({ type: "cell-started", cell, generation: number, snapshot });
    await generation.perform(async () => {
      const restorable = cache === "use" || cache === "only";
      if (restorable && (await notebook.cache.restore(generation, notebook.imports))) return recorder?.discard();
      if (cache === "only") {
        // The session will run the cell with its ancestors, and end this generation.
        generation.send({ type: "cache-lost", cell, generation: number });
        await new Promise(() => undefined);
      }
      try {
        await execute(generation, code, notebook.imports, (name) => {
          const definer = this.#cells.definer(name);
          if (definer) generation.reads.uses(definer.reads);
          return this.#cells.lookUp(name, generation);
        });
      } finally {
        // The same code makes the same changes, and to look takes a fraction of a millisecond.
        if (code.runs === 1) for (const change of notebook.globals.found()) generation.log("warn", change);
      }
    });
    if (generation.aborted) clearEngine();
    this.#collectWhenIdle();
  }

  /** Stores the result of a generation, unless a project file that it imports has changed since it was loaded. */
  #store(
    { imports, cache }: OpenNotebook,
    generation: Generation,
    shown: Shown,
    files: Order<"execute">["files"],
  ): void {
    if (!imports.loadedAs(files ?? {})) return;
    const stored = cache.store(generation, shown, this.#cells.liveInputs);
    this.#storing.add(stored);
    void stored.finally(() => this.#storing.delete(stored));
  }

  /** Ends generations in the order given, at once. @returns a promise that resolves when the records of their runs are written */
  async #end(cells: readonly CellId[]): Promise<void> {
    const recorded: Promise<void>[] = [];
    for (const cell of cells) {
      const generation = this.#cells.take(cell);
      if (generation) this.#ledger.end(generation, () => recorded.push(generation.end()));
    }
    if (recorded.length > 0) this.#interrupts.alert();
    await Promise.all(recorded);
  }

  /** V8 does not see what tensors take, and may not collect for a long time, so the kernel does it when no cell is at work. */
  #collectWhenIdle(): void {
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => {
      if (this.#cells.alive.every((generation) => generation.finished)) this.#ledger.collect();
    }, IDLE_MS).unref();
  }
}
