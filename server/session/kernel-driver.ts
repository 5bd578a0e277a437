/**
 * Keeps the kernel in line with the session's state: sends it the messages of the plan (`plan.ts`), turns its messages into
 * events, and replaces it if it dies. The supervisor owns the kernel's process; the session owns the state.
 */
import { dirname, join } from "node:path";
import type { SessionEvent } from "../events.ts";
import type { FromKernel, ToKernel } from "../messages.ts";
import { flagged } from "../notebook/source/head.ts";
import type { CellId } from "../notebook/types.ts";
import { alive, runsTopLevel } from "../state/freshness.ts";
import { lossOf } from "../state/loss.ts";
import { type Action, type KernelView, NO_KERNEL, plan, renamedView } from "../state/plan.ts";
import { cellState, type SessionState } from "../state/state.ts";
import { inputKey } from "../state/stored-inputs.ts";
import { Coalescing } from "./coalescing.ts";
import type { Overdue } from "./grace.ts";
import { type KernelEnding, KernelSupervisor } from "./kernel-supervisor.ts";
import { machineKey } from "./machine-key.ts";
import type { SessionOptions } from "./options.ts";
import { ownVersion } from "./own-version.ts";

/** What the driver needs of its session. */
export type DrivenSession = {
  readonly state: () => SessionState;
  /** Applies, logs and sends events. */
  readonly publish: (events: readonly SessionEvent[]) => void;
  /** The same, and then brings the kernel in line. */
  readonly record: (events: readonly SessionEvent[]) => void;
};

const GRACE_MS = 5_000;
const NEW_KERNEL =
  "A new kernel is starting. Outputs are kept. Cached cells are restored; run the others again. A training continues from its last checkpoint.";

const NO_KEY = "Results that are cached now can be used until Palimpsest ends, and not after that.";

export class KernelDriver {
  readonly #options: SessionOptions;
  readonly #session: DrivenSession;
  readonly #kernel: KernelSupervisor;
  readonly #fromKernel: Coalescing;
  #view: KernelView = NO_KERNEL;
  #refusedMessages = false;
  /** When the last rows of each run came, in milliseconds. */
  readonly #lastRows = new Map<string, number>();
  #closed = false;

  constructor(options: SessionOptions, session: DrivenSession) {
    this.#options = options;
    this.#session = session;
    this.#fromKernel = new Coalescing(session.record);
    this.#kernel = new KernelSupervisor(options.grace ?? GRACE_MS, {
      said: (message) => this.#heard(message),
      refused: (fault) => this.#refuse(fault),
      overdue: (overdue) => this.#overdue(overdue),
      recovered: () => this.#withdrawQuestion(),
      ended: (end) => this.#ended(end),
    });
  }

  /** Performs the plan until nothing is left to do. A driver that was closed starts no kernel any more. */
  advance(): void {
    while (!this.#closed) {
      const before = this.#view.planned;
      const { actions, view } = plan(this.#session.state(), this.#view);
      this.#view = view;
      if (actions.length === 0) return;
      for (const action of actions) this.#perform(action, before);
    }
  }

  /** Orders for a running training. */
  steer(order: Extract<ToKernel, { readonly type: "steer" }>): void {
    this.#kernel.tell(order);
  }

  /** A cell has another id; the kernel goes on to hold its values. */
  renamed(from: CellId, to: CellId): void {
    this.#kernel.renamed(from, to);
    this.#view = renamedView(this.#view, from, to);
  }

  /** The user agreed to end the kernel because of a cell that does not react. */
  endOverdue(): void {
    this.#kernel.endOverdue();
  }

  /** Frees what removed cells have kept for their next generation. */
  forgetRemovedCells(): void {
    const ran = (this.#view.planned?.cells ?? []).filter(({ generation }) => generation > 0);
    const gone = ran.map(({ cell }) => cell.id).filter((id) => !cellState(this.#session.state(), id));
    if (gone.length > 0) this.#kernel.tell({ type: "forget", cells: gone });
  }

  /** Stops what runs in a cell, or in all cells, and keeps the values. */
  stop(id: CellId | undefined): void {
    const running = this.#session
      .state()
      .cells.filter((each) => each.status === "running" && (id === undefined || each.cell.id === id));
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

  async restart(): Promise<void> {
    await this.#kernel.close("restarted", "The kernel was restarted.");
    if (!this.#kernel.started && !this.#closed) this.#start();
  }

  /** Ends the kernel, if there is one. The next run starts a new one. */
  async shutDown(reason: string): Promise<void> {
    await this.#kernel.close("closed", reason);
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#kernel.close("closed", "The workbench was closed.");
  }

  /** @param before the state that the kernel was in line with */
  #perform(action: Action, before: SessionState | undefined): void {
    switch (action.type) {
      case "start-kernel":
        this.#start();
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
        this.#session.publish([{ type: "cell-started", cell, generation, snapshot }]);
        break;
      }
      default:
        this.#kernel.tell(action);
    }
  }

  #start(): void {
    const { workspace, path, backend, seed, memory, replay } = this.#options;
    const notebook = join(workspace, path);
    const { key, fault } = machineKey();
    const chosen = {
      ...(backend !== undefined && { backend }),
      ...(memory !== undefined && { memory }),
      ...(replay && { replay }),
    };
    this.#kernel.start(dirname(notebook), () => {
      return { type: "open", notebook, workspace, seed, key, version: ownVersion(), ...chosen };
    });
    this.#view = { ...this.#view, process: "starting" };
    this.#refusedMessages = false;
    this.#session.publish([{ type: "kernel-starting" }]);
    if (fault !== undefined && this.#session.state().cells.some(({ cell }) => flagged(cell, "cache")))
      this.#session.publish([{ type: "notice", level: "warn", text: `${fault}. ${NO_KEY}` }]);
  }

  #heard(message: FromKernel): void {
    switch (message.type) {
      case "cell-started":
      case "open-failed":
        return;
      case "file-used":
      case "package-used":
      case "model-used":
        this.#options.onUse?.(message);
        return;
      case "run-rows":
        if (message.table === "rows") this.#timeSteps(message.run, message.rows.length);
        break;
      case "kernel-ready":
        this.#view = { ...this.#view, process: "ready", sentReady: false };
        break;
      case "input-declared": {
        const cell = cellState(this.#session.state(), message.cell);
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

  /** Said once for each kernel: code that sends one such message usually sends many. */
  #refuse(fault: string): void {
    if (this.#refusedMessages) return;
    this.#refusedMessages = true;
    const text = `A cell sent a message to the server that was ignored: ${fault}. Only Palimpsest may write to the file descriptor 3.`;
    this.#session.record([{ type: "notice", level: "warn", text }]);
  }

  /** Before much is lost, the page asks. A headless session has nobody to ask. */
  #overdue({ cell, waited }: Overdue): "end" | "wait" {
    const state = this.#session.state();
    const loss = this.#options.use.kind === "page" ? lossOf(state, [...state.places.keys()], Date.now()) : undefined;
    if (!loss) return "end";
    this.#session.record([{ type: "question-asked", question: { about: "unresponsive", cell, waited, loss } }]);
    return "wait";
  }

  #withdrawQuestion(): void {
    if (this.#session.state().question?.about === "unresponsive") this.#session.record([{ type: "question-answered" }]);
  }

  /** Rows tell how long a step takes. */
  #timeSteps(run: string, rows: number): void {
    const now = performance.now();
    const before = this.#lastRows.get(run);
    this.#lastRows.set(run, now);
    const cell = this.#session.state().runs[run]?.info.cell;
    if (before !== undefined && cell !== undefined && rows > 0) this.#kernel.stepped(cell, (now - before) / rows);
  }

  /** If nobody asked for the end, a new kernel starts and restores what it can. */
  #ended(end: KernelEnding): void {
    const { cause, reason } = end;
    this.#fromKernel.flush();
    const { cells } = this.#session.state();
    const waiting = cells.filter((each) => each.status === "queued" || runsTopLevel(each));
    const replaced = cause === "died" || cause === "unresponsive";
    const restart = replaced && this.#options.use.kind === "page" && cells.some(alive);
    this.#view = NO_KERNEL;
    this.#lastRows.clear();
    const text = restart ? `${reason} ${NEW_KERNEL}` : reason;
    const notice: SessionEvent = { type: "notice", level: cause === "died" ? "error" : "warn", text };
    const ended: SessionEvent = { type: "kernel-ended", cause, reason };
    this.#session.record(replaced ? [ended, notice] : [ended]);
    if (restart && !this.#kernel.started && !this.#closed) this.#start();
    // A cell was to end so that others could run: these run in the new kernel.
    if (cause === "unresponsive" && end.told === "end" && waiting.length > 0)
      this.#session.record([{ type: "run-asked", cells: waiting.map(({ cell }) => cell.id) }]);
  }
}
