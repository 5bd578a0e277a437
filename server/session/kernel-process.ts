/**
 * The kernel as the server sees it: a child process that takes messages and sends events. It may hang, run out of
 * memory or be killed; then this says how it died, in words. User code runs in that process and may send anything: what is
 * not a message of ours is refused, and an error in handling one message reaches neither the server nor the next message.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { FromKernel, ToKernel } from "../messages.ts";
import type { CellId } from "../notebook/types.ts";
import { fromKernel } from "./schema/events.ts";
import { checked } from "./schema/fault.ts";

const ENTRY = fileURLToPath(new URL("../kernel/begin.mjs", import.meta.url));
/** Milliseconds that a kernel has to exit by itself. */
const LEAVE_MS = 2_000;
/** Characters of its output that are kept to explain its end. */
const TAIL = 2_000;

export type KernelListeners = {
  readonly said: (message: FromKernel) => void;
  /** Called with the fault of a message that was ignored. */
  readonly refused: (fault: string) => void;
  /** Called once, when the process is gone, with why. */
  readonly gone: (reason: string) => void;
};

export class KernelProcess {
  readonly #child: ChildProcess;
  readonly #gone: Promise<void>;
  #tail = "";

  /** @param folder the working folder of the process: the notebook's. */
  constructor(folder: string, listeners: KernelListeners) {
    this.#child = spawn(process.execPath, ["--expose-gc", ENTRY], {
      cwd: folder,
      // The last one is for interrupts: a thread of the kernel reads it even while the kernel is busy.
      stdio: ["ignore", "pipe", "pipe", "ipc", "pipe"],
      serialization: "json",
      // In its own process group: Ctrl-C in the terminal must reach the server only, which stops the cells and keeps their values.
      detached: process.platform !== "win32",
    });
    const keep = (chunk: Buffer): void => {
      this.#tail = (this.#tail + chunk.toString("utf8")).slice(-TAIL);
    };
    this.#child.stdout?.on("data", keep);
    this.#child.stderr?.on("data", keep);
    this.#child.stdio[4]?.on("error", () => undefined);
    this.#child.on("message", (message: unknown) => {
      const found = checked(fromKernel, message);
      if ("fault" in found) return listeners.refused(found.fault);
      try {
        listeners.said(found.value);
      } catch (error) {
        listeners.refused(
          `${found.value.type} could not be handled: ${error instanceof Error ? error.message : error}`,
        );
      }
    });
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

  /** Interrupts the code of a generation, wherever it is. The message with the reason follows. */
  interrupt(cell: CellId, generation: number): void {
    const pipe = this.#child.stdio[4];
    if (pipe && "write" in pipe && pipe.writable) pipe.write(`${JSON.stringify([cell, generation])}\n`);
  }

  /** Ends the process at once. */
  kill(): void {
    this.#child.kill("SIGKILL");
  }

  /** Asks the process to exit, and kills it if it does not. */
  async close(): Promise<void> {
    this.tell({ type: "close" });
    const timer = setTimeout(() => this.kill(), LEAVE_MS);
    await this.#gone;
    clearTimeout(timer);
  }
}

/** How a process died, in words. */
function reasonOf(code: number | null, signal: NodeJS.Signals | null, tail: string): string {
  const last = tail
    .trim()
    .split("\n")
    .filter((line) => line.trim() !== "")
    .at(-1);
  if (/heap out of memory|Allocation failed|Aborted\(OOM/i.test(tail)) return "The kernel ran out of memory.";
  if (signal === "SIGKILL") return "The kernel was killed. If you did not do this, the machine ran out of memory.";
  if (signal) return `The kernel was ended by the signal ${signal}.`;
  return `The kernel ended with exit code ${code}${last ? `: ${last.trim()}` : "."}`;
}
