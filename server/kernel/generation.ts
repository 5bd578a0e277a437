/**
 * One execution of a cell: what it defined, the inputs it declared, the runs it started, and what must be undone when it
 * ends. It is also the store of the async context, so that whatever a cell calls, however late, finds its generation.
 *
 * Its top level is through before its runs are: then it is settled, and finished when the last run has ended.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import type { Tensor } from "@tensorflow/tfjs";
import type { ConsoleLine } from "../events.ts";
import type { FromKernel } from "../messages.ts";
import type { CompiledCell } from "../notebook/language/compile.ts";
import type { Analysis, CellError, CellId, Position } from "../notebook/types.ts";
import type { InputSpec, InputValue, RunOrder } from "../values.ts";
import { type Flag, Interrupted } from "./interrupts.ts";
import { Leftovers } from "./leftovers.ts";
import { tensorsIn } from "./tensors-in.ts";
import { cellError, described } from "./trace.ts";

export type DeclaredInput = { readonly spec: InputSpec; readonly live: boolean; value: InputValue };

/** A run as its generation sees it. */
export type OpenRun = { readonly id: string; end(status: "stopped"): Promise<void>; steer(order: RunOrder): void };

type Outcome = { readonly status: "done" | "stopped" } | { readonly status: "failed"; readonly error: CellError };

const CONSOLE_MS = 50;
/** As many lines of one burst as the session keeps at all. */
const CONSOLE_LINES = 2_000;

export const current = new AsyncLocalStorage<Generation>();

export class Generation {
  readonly cell: CellId;
  readonly number: number;
  readonly snapshot: string;
  readonly source: string;
  readonly analysis: Analysis;
  /** Values of the user for inputs, by name, as they were when the generation began. */
  readonly given: Readonly<Record<string, InputValue>>;
  /** What other cells may use: filled when the top level is through. */
  readonly values = new Map<string, unknown>();
  readonly inputs = new Map<string, DeclaredInput>();
  /** What its streams gave last, by their constants. */
  readonly latest = new Map<string, unknown>();
  /** Runs of this cell and snapshot that the end of a kernel cut off, in their order; those that are gone on with leave it. */
  readonly interrupted: string[] = [];
  /** Where its code lies in the script that runs; there from when it begins to run. */
  compiled: CompiledCell | undefined;
  /** The import that it is waiting for, before its code runs. */
  importing: Position | undefined;
  /** The generation that ended this one by beginning. */
  successor: number | undefined;
  /** What it hands over to the next one. */
  kept: unknown;
  /** What the one before it has kept; forgotten at the end, so that generations do not hang on each other for ever. */
  previous: unknown;
  readonly leftovers: Leftovers;
  readonly #flag: Flag;
  readonly #say: (message: FromKernel) => void;
  /** There from when somebody asks for its signal. */
  #abort: AbortController | undefined;
  /** Why it was aborted, where it was. */
  #why: string | undefined;
  #breakOff = (_: Interrupted): void => undefined;
  readonly #disposers: (() => void)[] = [];
  /** Those that go on. */
  readonly #runs = new Set<OpenRun>();
  readonly #started = new Map<string, OpenRun>();
  readonly #began = performance.now();
  #lines: ConsoleLine[] = [];
  #timer: NodeJS.Timeout | undefined;
  #top: Outcome | undefined;
  /** The first run that did not end well. */
  #trouble: Outcome | undefined;
  #finished = false;
  #ended = false;
  /** Nothing more is to be heard from it. */
  #muted = false;
  /** What disposes is at work, and is let do it. */
  #disposing = false;

  constructor(
    about: Pick<Generation, "cell" | "number" | "snapshot" | "source" | "analysis" | "given" | "previous">,
    flag: Flag,
    say: (message: FromKernel) => void,
  ) {
    this.cell = about.cell;
    this.number = about.number;
    this.snapshot = about.snapshot;
    this.source = about.source;
    this.analysis = about.analysis;
    this.given = about.given;
    this.previous = about.previous;
    this.leftovers = new Leftovers(about.cell, about.number, say);
    this.#flag = flag;
    this.#say = say;
  }

  get signal(): AbortSignal {
    if (!this.#abort) {
      this.#abort = new AbortController();
      if (this.#why !== undefined) this.#abort.abort(new Interrupted(this.#why));
    }
    return this.#abort.signal;
  }

  get aborted(): boolean {
    return this.#why !== undefined;
  }

  /** @throws Interrupted where it was aborted. */
  throwIfAborted(): void {
    if (this.#why !== undefined) throw new Interrupted(this.#why);
  }

  /** Neither its top level nor a run of it is at work. */
  get finished(): boolean {
    return this.#finished;
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** One number that is not zero when `check` is to be called. */
  get look(): Int32Array {
    return this.#flag.look;
  }

  /** For loops of this cell's code, whoever runs them. @throws Interrupted when that generation is to end. */
  check(): void {
    const caller = current.getStore() ?? this;
    if (caller === this || !this.#flag.raised) caller.#obey();
  }

  /** For kernels of tfjs: a run ends at its next step by its signal, and then needs kernels to save what it has. */
  checkKernel(): void {
    if (this.#runs.size === 0) this.#obey();
  }

  /** Begins the cell's code, so that a signal can break off what stands before its first `await`. */
  breakable<T>(work: () => T): T {
    return this.#flag.breakable(work);
  }

  /** The tensors that outlive it, for the next generation of the cell. */
  keeps(): Tensor[] {
    return tensorsIn(this.kept);
  }

  /** Says something about this generation, unless it is over. */
  say(message: FromKernel): void {
    if (!this.#muted) this.#say(message);
  }

  log(level: ConsoleLine["level"], text: string): void {
    if (this.#muted) return;
    this.#lines.push({ level, text });
    if (this.#lines.length > 2 * CONSOLE_LINES) this.#lines = this.#lines.slice(-CONSOLE_LINES);
    this.#timer ??= setTimeout(() => this.#flushConsole(), CONSOLE_MS);
  }

  onDispose(dispose: () => void): void {
    if (this.#ended) this.#dispose(dispose);
    else this.#disposers.push(dispose);
  }

  /** Runs the top level to its end or to the end of this generation, whichever comes first. */
  async perform(top: () => Promise<void>): Promise<void> {
    let outcome: Outcome = { status: "done" };
    try {
      const brokenOff = new Promise<never>((_, reject) => {
        this.#breakOff = reject;
      });
      this.throwIfAborted();
      await Promise.race([current.run(this, top), brokenOff]);
      this.throwIfAborted();
    } catch (error) {
      if (error instanceof Interrupted) this.stop();
      outcome = this.aborted ? { status: "stopped" } : { status: "failed", error: cellError(error, this) };
    }
    if (this.#ended) return;
    this.#top = outcome;
    if (outcome.status === "done") this.say({ type: "cell-settled", cell: this.cell, generation: this.number });
    // The runs of a cell that failed have no one to use them.
    else this.#interrupt(`The cell ${this.cell} did not get through.`);
    this.#finish();
  }

  /** A fork may begin when all else has finished; then the generation finishes once more, with it. */
  began(run: OpenRun): void {
    this.#started.set(run.id, run);
    if (this.#ended) void run.end("stopped");
    else {
      this.#runs.add(run);
      this.#finished = false;
    }
  }

  /** @returns whether it is a run of this generation. */
  steer(run: string, order: RunOrder): boolean {
    this.#started.get(run)?.steer(order);
    return this.#started.has(run);
  }

  over(run: OpenRun, status: "done" | "stopped" | "failed", why?: string | CellError): void {
    if (!this.#runs.delete(run)) return;
    if (status === "failed") {
      const told = { kind: "runtime", message: typeof why === "string" ? why : `The run ${run.id} failed.` } as const;
      const error = typeof why === "object" ? why : told;
      this.#trouble = this.#trouble?.status === "failed" ? this.#trouble : { status, error };
    } else if (status === "stopped") this.#trouble ??= { status };
    this.#finish();
  }

  /** Stops what is at work and keeps the values. */
  stop(): void {
    if (this.#finished) return;
    // A top level that only waits is left behind; should it ever go on, it finds the flag.
    if (!this.#top) this.#flag.raise();
    this.#interrupt(`The cell ${this.cell} was stopped.`);
  }

  /** Ends this execution; tensors are the ledger's to free, and an alert of the interrupts is the kernel's. Resolves when the records of its runs are written. */
  async end(): Promise<void> {
    if (this.#ended) return;
    this.#ended = true;
    this.#interrupt(`The cell ${this.cell} was ended: it runs again, or what it uses does.`);
    this.#disposing = true;
    for (const dispose of this.#disposers.splice(0).reverse()) this.#dispose(dispose);
    this.#disposing = false;
    this.#flag.mark();
    this.#flag.release();
    const recorded = [...this.#runs].map((run) => run.end("stopped"));
    this.#runs.clear();
    this.values.clear();
    this.previous = undefined;
    if (!this.#finished) this.#tellFinished({ status: "stopped" });
    this.#muted = true;
    clearTimeout(this.#timer);
    this.leftovers.end();
    await Promise.all(recorded);
  }

  #interrupt(why: string): void {
    if (this.#why !== undefined) return;
    this.#why = why;
    this.#abort?.abort(new Interrupted(why));
    if (!this.#top) this.#breakOff(new Interrupted(why));
  }

  #obey(): void {
    if (this.#disposing || !this.#flag.raised) return;
    if (!this.#ended) this.stop();
    throw new Interrupted(`The cell ${this.cell} was interrupted.`);
  }

  #finish(): void {
    if (this.#finished || this.#ended || !this.#top || this.#runs.size > 0) return;
    this.#tellFinished(this.#top.status === "done" ? (this.#trouble ?? this.#top) : this.#top);
    // A top level that was stopped may go on where nothing can reach it.
    this.#muted = this.#top.status === "stopped";
  }

  #tellFinished(outcome: Outcome): void {
    this.#finished = true;
    this.#flushConsole();
    const ms = Math.round(performance.now() - this.#began);
    this.say({ type: "cell-finished", cell: this.cell, generation: this.number, ...outcome, ms });
  }

  #dispose(dispose: () => void): void {
    try {
      current.run(this, dispose);
    } catch (error) {
      this.log("error", `A disposer failed: ${described(error)}`);
    }
  }

  #flushConsole(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const lines = this.#lines.slice(-CONSOLE_LINES);
    this.#lines = [];
    if (lines.length > 0) this.say({ type: "cell-console", cell: this.cell, generation: this.number, lines });
  }
}
