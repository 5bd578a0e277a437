/**
 * The kernel as the server sees it: a child process that takes messages and gives events. It may hang, run out of
 * memory or be killed; then this says how it died, in words, and nothing here is harmed.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { FromKernel, ToKernel } from "../messages.ts";
import type { CellId } from "../notebook/types.ts";

const ENTRY = fileURLToPath(new URL("../kernel/begin.mjs", import.meta.url));
/** Milliseconds that a kernel has to leave by itself. */
const LEAVE_MS = 2_000;
/** Characters of standard error kept for the reason of a death. */
const TAIL = 2_000;

export type KernelListeners = {
  readonly said: (message: FromKernel) => void;
  /** Called once, when the process is gone, with why. */
  readonly gone: (reason: string) => void;
};

export class KernelProcess {
  readonly #child: ChildProcess;
  readonly #gone: Promise<void>;
  #tail = "";

  /** @param folder where the process stands: the notebook's. */
  constructor(folder: string, listeners: KernelListeners) {
    this.#child = spawn(process.execPath, ["--expose-gc", ENTRY], {
      cwd: folder,
      // The last is for interrupts, which a thread of the kernel hears while the kernel does not.
      stdio: ["ignore", "pipe", "pipe", "ipc", "pipe"],
      serialization: "json",
      // In a group of its own: an interrupt in the terminal is the server's to pass on, as a stop that keeps what there is.
      detached: process.platform !== "win32",
    });
    const keep = (chunk: Buffer): void => {
      this.#tail = (this.#tail + chunk.toString("utf8")).slice(-TAIL);
    };
    this.#child.stdout?.on("data", keep);
    this.#child.stderr?.on("data", keep);
    this.#child.stdio[4]?.on("error", () => undefined);
    this.#child.on("message", (message: FromKernel) => listeners.said(message));
    this.#gone = new Promise((resolve) => {
      const end = (reason: string): void => {
        resolve();
        listeners.gone(reason);
      };
      this.#child.once("error", (error) => end(`The kernel could not be started: ${error.message}`));
      // `close` comes after the pipes have been read, so that the last words are there.
      this.#child.once("close", (code, signal) => end(reasonOf(code, signal, this.#tail)));
    });
  }

  tell(message: ToKernel): void {
    if (this.#child.connected) this.#child.send(message, () => undefined);
  }

  /** Breaks off the code of a generation, wherever it is; to be followed by the message that says why. */
  interrupt(cell: CellId, generation: number): void {
    const pipe = this.#child.stdio[4];
    if (pipe && "write" in pipe && pipe.writable) pipe.write(`${JSON.stringify([cell, generation])}\n`);
  }

  /** Ends the process at once. */
  kill(): void {
    this.#child.kill("SIGKILL");
  }

  /** Asks the process to leave, and ends it when it does not. */
  async close(): Promise<void> {
    this.tell({ type: "close" });
    const timer = setTimeout(() => this.kill(), LEAVE_MS);
    await this.#gone;
    clearTimeout(timer);
  }
}

/** How a process died, in words. */
export function reasonOf(code: number | null, signal: NodeJS.Signals | null, tail: string): string {
  const last = tail
    .trim()
    .split("\n")
    .filter((line) => line.trim() !== "")
    .at(-1);
  if (/heap out of memory|Allocation failed|Aborted\(OOM/i.test(tail)) return "The kernel ran out of memory.";
  if (signal === "SIGKILL") return "The kernel was killed. Where nobody did it, the machine ran out of memory.";
  if (signal) return `The kernel ended by signal ${signal}.`;
  return `The kernel ended with exit code ${code}${last ? `: ${last.trim()}` : "."}`;
}
