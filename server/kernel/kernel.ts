/**
 * The kernel: does what the server's messages say, in their order, and tells what comes of it. It holds the generations
 * that live, one per cell at most, and the names that they define.
 */
import { setHost } from "../../cells/host.ts";
import type { FromKernel, ToKernel } from "../messages.ts";
import type { CellId } from "../notebook/types.ts";
import { CacheStore, Showing } from "./cache.ts";
import { Code } from "./code.ts";
import { clearEngine, watchEngine } from "./engine.ts";
import { execute } from "./execute.ts";
import { Files } from "./files.ts";
import { Generation } from "./generation.ts";
import { kernelHost } from "./host.ts";
import { Imports } from "./imports.ts";
import { setInput } from "./inputs.ts";
import type { Interrupts } from "./interrupts.ts";
import { Ledger } from "./ledger.ts";

/** The part of a machine's memory that tensors take at most, where nothing else is said. */
const SHARE = 0.9;
/** Milliseconds of rest before the garbage is collected. */
const REST_MS = 1_000;

type Order<T extends ToKernel["type"]> = Extract<ToKernel, { type: T }>;

export class Kernel {
  readonly #say: (message: FromKernel) => void;
  readonly #ledger: Ledger;
  readonly #generations = new Map<CellId, Generation>();
  /** The latest generation of each cell, also where it has ended. */
  readonly #latest = new Map<CellId, Generation>();
  /** What each cell ran last. */
  readonly #code = new Map<CellId, Code>();
  /** The living generation that defines a name. */
  readonly #definers = new Map<string, Generation>();
  readonly #interrupts: Interrupts;
  #rest: NodeJS.Timeout | undefined;
  #imports: Imports | undefined;
  #caches: CacheStore | undefined;
  /** Cache that are being written. */
  readonly #keeping = new Set<Promise<void>>();

  constructor(say: (message: FromKernel) => void, interrupts: Interrupts) {
    this.#say = say;
    this.#interrupts = interrupts;
    this.#ledger = new Ledger((holdings) => say({ type: "tensors", ...holdings }));
  }

  obey(message: Exclude<ToKernel, { type: "close" }>): void {
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
          this.#latest.delete(cell);
          this.#code.delete(cell);
          this.#ledger.forget(cell);
        }
        return;
      case "input":
        this.#setInput(message);
        return;
      case "steer":
        for (const generation of this.#generations.values()) if (generation.steer(message.run, message.order)) return;
        return;
      case "stop":
        for (const [cell, generation] of this.#generations) {
          if (message.cell === undefined || message.cell === cell) generation.stop();
        }
        return;
    }
  }

  /** Ends everything. Resolves when the records of its runs are on the disk. */
  async close(): Promise<void> {
    await Promise.all(this.#keeping);
    await this.#end([...this.#generations.keys()].reverse());
  }

  async #open({ notebook, workspace, backend, seed, memory }: Order<"open">): Promise<void> {
    try {
      const { chooseBackend } = await import("../../cells/device/backend.ts");
      const { availableMemory } = await import("../../cells/device/available-memory.ts");
      const { name, passedOver, note } = await chooseBackend(backend);
      watchEngine(this.#ledger);
      this.#ledger.budget = memory ?? SHARE * ((await availableMemory(name)) ?? Number.POSITIVE_INFINITY);
      this.#imports = new Imports(notebook);
      this.#caches = new CacheStore(workspace, seed);
      setHost(kernelHost({ workspace, notebook, seed }, new Files(notebook, workspace), this.#say));
      this.#say({ type: "kernel-ready", pid: process.pid, backend: name, passedOver });
      if (note) this.#say({ type: "notice", level: "warn", text: note });
    } catch (error) {
      this.#say({ type: "open-failed", message: error instanceof Error ? error.message : String(error) });
    }
  }

  async #execute(order: Order<"execute">): Promise<void> {
    const { cell, generation: number, snapshot, source, inputs: given, interrupted = [] } = order;
    if (!this.#imports || !this.#caches) throw new Error("A cell was to run before the notebook was open.");
    const [imports, caches] = [this.#imports, this.#caches];
    void this.#end([cell]);
    const before = this.#latest.get(cell);
    const code = this.#codeOf(cell, source);
    const { analysis } = code;
    const about = { cell, number, snapshot, source, analysis, given, previous: before?.kept };
    const showing = new Showing();
    const hear = (message: FromKernel): void => {
      showing.heard(message);
      this.#say(message);
      if (message.type === "cell-finished" && message.status === "done" && !restored) keep();
    };
    const generation = new Generation(about, this.#interrupts.flag(cell, number), order.cache ? hear : this.#say);
    let restored = false;
    const keep = (): void => {
      const kept = imports.loadedAs(order.files ?? {})
        ? caches.keep(generation, showing.shown, this.#liveNames())
        : Promise.resolve();
      this.#keeping.add(kept);
      void kept.finally(() => this.#keeping.delete(kept));
    };
    if (before) before.successor = number;
    this.#latest.set(cell, generation);
    this.#ledger.begin(generation);
    generation.interrupted.push(...interrupted);
    this.#generations.set(cell, generation);
    for (const name of analysis.definitions) this.#definers.set(name, generation);
    generation.say({ type: "cell-started", cell, generation: number, snapshot });
    await generation.perform(async () => {
      if (order.cache && order.cache !== "renew") restored = await caches.restore(generation, imports);
      if (restored) return;
      if (order.cache === "only") {
        // The session runs it with its ancestors, and ends this generation.
        generation.say({ type: "cache-lost", cell, generation: number });
        await new Promise(() => undefined);
      }
      await execute(generation, code, imports, (name) => this.#valueOf(name, generation));
    });
    if (generation.aborted) clearEngine();
    this.#restSoon();
  }

  /** Ends generations in the order given, at once. Resolves when the records of their runs are written. */
  async #end(cells: readonly CellId[]): Promise<void> {
    const recorded: Promise<void>[] = [];
    for (const cell of cells) {
      const generation = this.#generations.get(cell);
      if (!generation) continue;
      this.#generations.delete(cell);
      for (const name of generation.analysis.definitions) {
        if (this.#definers.get(name) === generation) this.#definers.delete(name);
      }
      this.#ledger.end(generation, () => recorded.push(generation.end()));
    }
    if (recorded.length > 0) this.#interrupts.alert();
    await Promise.all(recorded);
  }

  /** Garbage is collected when nobody is at work: V8 does not see what tensors take, and may not do it for long. */
  #restSoon(): void {
    clearTimeout(this.#rest);
    this.#rest = setTimeout(() => {
      if ([...this.#generations.values()].every((generation) => generation.finished)) this.#ledger.collect();
    }, REST_MS).unref();
  }

  #setInput({ cell, name, value }: Order<"input">): void {
    const generation = this.#generations.get(cell);
    if (generation) setInput(generation, name, value);
  }

  #liveNames(): ReadonlySet<string> {
    const live = [...this.#generations.values()].flatMap(({ analysis }) => analysis.inputs.filter((each) => each.live));
    return new Set(live.map(({ name }) => name));
  }

  #codeOf(cell: CellId, source: string): Code {
    const known = this.#code.get(cell);
    if (known?.source === source) return known;
    const code = new Code(cell, source);
    this.#code.set(cell, code);
    return code;
  }

  /** What only `typeof` asks for may be missing. */
  #valueOf(name: string, { analysis }: Generation): unknown {
    const values = this.#definers.get(name)?.values;
    if (values?.has(name)) return values.get(name);
    if (name in globalThis) return Reflect.get(globalThis, name);
    if (analysis.probes.includes(name)) return undefined;
    throw new ReferenceError(`${name} has no value: the cell that defines it has not run.`);
  }
}
