/**
 * One execution of a cell: the names it defined, the inputs it declared, the runs it started, and what to undo when it ends.
 * It is the store of the async context, so whatever a cell calls, however late, finds its generation. `life.ts` decides which
 * phase it is in; this class performs the effects: signals, messages, disposers.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import type { Tensor } from "@tensorflow/tfjs";
import type { ConsoleLine } from "../events.ts";
import type { FromKernel } from "../messages.ts";
import type { CompiledCell } from "../notebook/language/compile.ts";
import type { Analysis, CellId, Position } from "../notebook/types.ts";
import type { InputSpec, InputValue, RunOrder } from "../values.ts";
import { Abort } from "./abort.ts";
import { CellConsole } from "./cell-console.ts";
import { Interrupted, type InterruptFlag } from "./interrupts.ts";
import { Leftovers } from "./leftovers.ts";
import {
  born,
  isOver,
  isSilent,
  type Life,
  type Outcome,
  outcomeOf,
  runOver,
  runStarted,
  topLevelOver,
} from "./life.ts";
import { type OpenRun, OpenRuns } from "./open-runs.ts";
import { OutputCount } from "./output-limits.ts";
import { Reads } from "./reads.ts";
import { tensorsIn } from "./tensors-in.ts";
import { cellError, described } from "./trace.ts";

export type DeclaredInput = { readonly spec: InputSpec; readonly live: boolean; value: InputValue };

type Start = Pick<Generation, "cell" | "number" | "snapshot" | "source" | "analysis" | "userValues" | "previous">;

export const current = new AsyncLocalStorage<Generation>();

export class Generation {
  readonly cell: CellId;
  readonly number: number;
  readonly snapshot: string;
  readonly source: string;
  readonly analysis: Analysis;
  /** The user's values for inputs, by name, as they were when the generation began. */
  readonly userValues: Readonly<Record<string, InputValue>>;
  /** What other cells may use: filled when the top level is done. */
  readonly values = new Map<string, unknown>();
  /** Where the present value of a name comes from that may change after the cell has run: a `let`, an import of a project file. */
  readonly live = new Map<string, () => unknown>();
  readonly inputs = new Map<string, DeclaredInput>();
  /** The last value of each stream, by the name of its constant. */
  readonly streamValues = new Map<string, unknown>();
  /** Runs of this cell and snapshot that were cut off when a kernel ended, in their order. A run that is continued leaves the list. */
  readonly interruptedRuns: string[] = [];
  /** The compiled code and its positions; set when the code begins to run. */
  compiled: CompiledCell | undefined;
  /** The import that it is waiting for before its code runs. */
  importing: Position | undefined;
  /** The number of the generation that replaced this one. */
  successor: number | undefined;
  /** What `keep()` hands over to the next generation. */
  kept: unknown;
  /** What the previous generation kept; dropped at the end, so that generations do not hold each other in memory forever. */
  previous: unknown;
  readonly leftovers: Leftovers;
  /** What its result depends on. */
  readonly reads = new Reads();
  readonly #flag: InterruptFlag;
  readonly #send: (message: FromKernel) => void;
  readonly #abort = new Abort();
  /** Limits what it shows. */
  readonly outputs = new OutputCount();
  /** Made when the first line is printed. */
  #console: CellConsole | undefined;
  readonly #disposers: (() => void)[] = [];
  readonly #runs = new OpenRuns();
  readonly #startedAt = performance.now();
  #life: Life = born;
  #rejectTopLevel: (reason: Interrupted) => void = () => undefined;

  constructor(start: Start, flag: InterruptFlag, send: (message: FromKernel) => void) {
    this.cell = start.cell;
    this.number = start.number;
    this.snapshot = start.snapshot;
    this.source = start.source;
    this.analysis = start.analysis;
    this.userValues = start.userValues;
    this.previous = start.previous;
    this.leftovers = new Leftovers(start.cell, start.number, send);
    this.#flag = flag;
    this.#send = send;
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  get aborted(): boolean {
    return this.#abort.aborted;
  }

  /** @throws Interrupted if it was aborted */
  throwIfAborted(): void {
    this.#abort.throwIfAborted();
  }

  /** Neither its top level nor a run of it is at work. */
  get finished(): boolean {
    return this.#life.phase === "finished" || this.#life.phase === "ended";
  }

  /** The cell was run again or removed. */
  get ended(): boolean {
    return isOver(this.#life);
  }

  /** One number: if it is not zero, an interrupt may be pending and `check` must be called. */
  get hint(): Int32Array {
    return this.#flag.hint;
  }

  /** For loops of this cell's code, whichever cell runs them. @throws Interrupted when the calling generation is to stop */
  check(): void {
    const caller = current.getStore() ?? this;
    if (caller === this || !this.#flag.raised) caller.#throwIfInterrupted();
  }

  /** For kernels of tfjs: a run stops at its next step by its signal, and then needs kernels to save its state. */
  checkKernel(): void {
    if (this.#runs.count === 0) this.#throwIfInterrupted();
  }

  /** Starts the cell's code so that a signal can break it off before its first `await`. */
  interruptible<T>(work: () => T): T {
    return this.#flag.interruptible(work);
  }

  /** The tensors that the next generation of the cell takes over. */
  keptTensors(): Tensor[] {
    return tensorsIn(this.kept);
  }

  /** Sends a message about this generation, unless nothing more is to be heard from it. */
  send(message: FromKernel): void {
    if (!isSilent(this.#life)) this.#send(message);
  }

  /** Prints lines to the cell's console. */
  log(level: ConsoleLine["level"], text: string): void {
    if (!isSilent(this.#life)) this.#openConsole().log(level, text);
  }

  /** Prints text that may end in the middle of a line. */
  write(level: ConsoleLine["level"], text: string | Uint8Array): void {
    if (!isSilent(this.#life)) this.#openConsole().write(level, text);
  }

  #openConsole(): CellConsole {
    const { cell, number } = this;
    this.#console ??= new CellConsole((lines) => this.#send({ type: "cell-console", cell, generation: number, lines }));
    return this.#console;
  }

  onDispose(dispose: () => void): void {
    if (this.ended) this.#dispose(dispose);
    else this.#disposers.push(dispose);
  }

  /** Runs the top level until it is done, is stopped or is ended, whichever comes first. */
  async perform(topLevel: () => Promise<void>): Promise<void> {
    let outcome: Outcome = { status: "done" };
    try {
      const rejected = new Promise<never>((_, reject) => {
        this.#rejectTopLevel = reject;
      });
      this.throwIfAborted();
      await Promise.race([current.run(this, topLevel), rejected]);
      this.throwIfAborted();
    } catch (error) {
      if (error instanceof Interrupted) this.stop();
      outcome = this.aborted ? { status: "stopped" } : { status: "failed", error: cellError(error, this) };
    }
    if (this.ended) return;
    if (outcome.status === "done") this.send({ type: "cell-settled", cell: this.cell, generation: this.number });
    // Nobody can use the runs of a cell that failed.
    else this.#interrupt(`The cell ${this.cell} failed.`);
    this.#enter(topLevelOver(this.#life, outcome, this.#runs.count));
  }

  /** A run of this generation starts. A fork may start after all else has finished; then the generation finishes once more, with it. */
  addRun(run: OpenRun): void {
    if (this.ended) return void run.end("stopped");
    this.#runs.add(run);
    this.#enter(runStarted(this.#life));
  }

  runEnded(run: OpenRun, outcome: Outcome): void {
    if (this.#runs.close(run)) this.#enter(runOver(this.#life, outcome, this.#runs.count));
  }

  /** How many runs it has started. */
  get runCount(): number {
    return this.#runs.total;
  }

  /** @returns whether the run belongs to this generation */
  steer(run: string, order: RunOrder): boolean {
    return this.#runs.steer(run, order);
  }

  /** Stops what is at work and keeps the values. */
  stop(): void {
    const { phase } = this.#life;
    if (phase !== "running" && phase !== "settled") return;
    // A top level that only waits is abandoned. If it ever continues, it finds the flag raised.
    if (phase === "running") this.#flag.raise();
    this.#interrupt(`The cell ${this.cell} was stopped.`);
  }

  /**
   * Ends this execution. The ledger frees its tensors and the kernel alerts the interrupts.
   * @returns a promise that resolves when the records of its runs are written
   */
  async end(): Promise<void> {
    if (this.ended) return;
    const finished = this.#life.phase === "finished";
    this.#interrupt(`The cell ${this.cell} was ended: it runs again, or a cell that it uses does.`);
    this.#life = { phase: "disposing" };
    for (const dispose of this.#disposers.splice(0).reverse()) this.#dispose(dispose);
    this.#life = { phase: "closing" };
    this.#flag.mark();
    this.#flag.release();
    const recorded = this.#runs.stop();
    this.values.clear();
    this.live.clear();
    this.previous = undefined;
    if (!finished) this.#sendFinished({ status: "stopped" });
    this.#life = { phase: "ended" };
    this.#console?.drop();
    this.leftovers.end();
    await Promise.all(recorded);
  }

  #enter(life: Life): void {
    const before = this.#life;
    this.#life = life;
    if (life.phase === "finished" && before.phase !== "finished") this.#sendFinished(outcomeOf(life));
  }

  #interrupt(reason: string): void {
    // Making an error takes longer than all else here, so it is made only for a top level that waits for it.
    if (this.#abort.abort(reason) && this.#life.phase === "running") this.#rejectTopLevel(new Interrupted(reason));
  }

  #throwIfInterrupted(): void {
    if (this.#life.phase === "disposing" || !this.#flag.raised) return;
    this.stop();
    throw new Interrupted(`The cell ${this.cell} was interrupted.`);
  }

  #sendFinished(outcome: Outcome): void {
    this.#console?.flush();
    const ms = Math.round(performance.now() - this.#startedAt);
    this.#send({ type: "cell-finished", cell: this.cell, generation: this.number, ...outcome, ms });
  }

  #dispose(dispose: () => void): void {
    try {
      current.run(this, dispose);
    } catch (error) {
      this.log("error", `A disposer failed: ${described(error)}`);
    }
  }
}
