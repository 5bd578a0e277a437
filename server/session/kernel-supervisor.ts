/**
 * Looks after the kernel of one session: starts it, checks what it says, interrupts cells that were told to end, and ends
 * the process if a cell cannot be interrupted. It knows nothing of the notebook's state; the session does.
 */
import type { KernelEnd } from "../events.ts";
import type { FromKernel, ToKernel } from "../messages.ts";
import type { CellId } from "../notebook/types.ts";
import { Grace, type Overdue, type Told } from "./grace.ts";
import { KernelNames } from "./kernel-names.ts";
import { KernelProcess } from "./kernel-process.ts";

export type SupervisorListeners = {
  readonly said: (message: FromKernel) => void;
  /** The kernel sent something that is not a message of ours; it was ignored. */
  readonly refused: (fault: string) => void;
  /**
   * A cell was told to end and has not. Ending the kernel would lose all values, so the session decides.
   * @returns `end` to end the kernel now
   */
  readonly overdue: (overdue: Overdue) => "end" | "wait";
  /** A cell that had been reported as overdue has ended. */
  readonly recovered: () => void;
  /** The kernel is gone, or is no longer listened to. Called once for each kernel. */
  readonly ended: (end: KernelEnding) => void;
};

export type KernelEnding =
  | { readonly cause: Exclude<KernelEnd, "unresponsive">; readonly reason: string }
  /** `told`: what the cell had been told before its kernel was ended. */
  | { readonly cause: "unresponsive"; readonly reason: string; readonly told: Told };

/** A generation of a cell, as the kernel knows it. */
export type Execution = { readonly cell: CellId; readonly generation: number };

export class KernelSupervisor {
  readonly #listeners: SupervisorListeners;
  readonly #grace: Grace;
  readonly #names = new KernelNames();
  /** The cell that was reported as overdue, by its name in the kernel. */
  #reported: Overdue | undefined;
  #kernel: KernelProcess | undefined;

  /** @param grace milliseconds that a cell has to end before its kernel is killed */
  constructor(grace: number, listeners: SupervisorListeners) {
    this.#listeners = listeners;
    this.#grace = new Grace(grace, (overdue) => this.#overdue(overdue));
  }

  get started(): boolean {
    return this.#kernel !== undefined;
  }

  /**
   * @param folder the working folder of the process: the notebook's
   * @param open makes the first message, while the process starts
   */
  start(folder: string, open: () => Extract<ToKernel, { readonly type: "open" }>): void {
    const kernel = new KernelProcess(folder, {
      said: (message) => this.#kernel === kernel && this.#heard(message),
      refused: (fault) => this.#kernel === kernel && this.#listeners.refused(fault),
      gone: (reason) => this.#kernel === kernel && this.#end({ cause: "died", reason }),
    });
    this.#kernel = kernel;
    kernel.tell(open());
  }

  tell(message: ToKernel): void {
    this.#kernel?.tell(this.#names.toKernel(message));
  }

  /** The cell has another id; its generation lives on. */
  renamed(from: CellId, to: CellId): void {
    if (this.#kernel) this.#names.renamed(from, to);
  }

  /** A training of the cell took so many milliseconds for a step. */
  stepped(cell: CellId, ms: number): void {
    this.#grace.stepped(this.#names.inKernel(cell), ms);
  }

  /** Ends the kernel because of the cell that was reported as overdue. */
  endOverdue(): void {
    if (this.#reported) this.#kill(this.#reported);
  }

  execute(message: Extract<ToKernel, { readonly type: "execute" }>): void {
    this.tell(message);
    this.#grace.began(this.#names.inKernel(message.cell), message.generation);
  }

  /** Ends these generations and frees their tensors. */
  endGenerations(executions: readonly Execution[]): void {
    this.tell({ type: "end", cells: executions.map(({ cell }) => cell) });
    for (const { cell, generation } of executions) {
      const name = this.#names.inKernel(cell);
      if (this.#grace.told(name, generation, "end")) this.#kernel?.interrupt(name, generation);
    }
  }

  /**
   * Stops what runs, and keeps the values.
   * @param cell all cells if left out
   * @param running the generations that run; only a top level is interrupted, since a run ends at its next step
   */
  stop(cell: CellId | undefined, running: readonly (Execution & { readonly part: "top level" | "runs" })[]): void {
    this.tell({ type: "stop", ...(cell !== undefined && { cell }) });
    for (const { cell: id, generation, part } of running) {
      const name = this.#names.inKernel(id);
      if (this.#grace.told(name, generation, "stop") && part === "top level") this.#kernel?.interrupt(name, generation);
    }
  }

  /** Ends the process for good. Resolves when it is gone. */
  async close(cause: "closed" | "restarted", reason: string): Promise<void> {
    const kernel = this.#kernel;
    if (!kernel) return;
    this.#end({ cause, reason });
    await kernel.close();
  }

  #heard(message: FromKernel): void {
    if (message.type === "open-failed") {
      this.#kernel?.kill();
      this.#end({ cause: "died", reason: message.message });
      return;
    }
    if (message.type === "cell-finished") this.#finished(message.cell, message.generation);
    this.#listeners.said(this.#names.fromKernel(message));
  }

  #finished(name: string, generation: number): void {
    if (!this.#grace.finished(name, generation) || this.#reported?.cell !== name) return;
    this.#reported = undefined;
    this.#listeners.recovered();
  }

  #overdue(overdue: Overdue): void {
    this.#reported = overdue;
    if (this.#listeners.overdue({ ...overdue, cell: this.#names.cell(overdue.cell) }) === "end") this.#kill(overdue);
  }

  /** Code that never yields keeps the kernel from reading messages, so the process is ended. */
  #kill({ cell, told }: Overdue): void {
    this.#kernel?.kill();
    const reason = `The cell ${this.#names.cell(cell)} could not be interrupted, so the kernel was ended.`;
    this.#end({ cause: "unresponsive", reason, told });
  }

  #end(end: KernelEnding): void {
    this.#kernel = undefined;
    this.#grace.clear();
    this.#names.clear();
    this.#reported = undefined;
    this.#listeners.ended(end);
  }
}
