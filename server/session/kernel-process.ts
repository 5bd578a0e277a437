/**
 * The kernel as the server sees it: a child process that takes messages and sends events. It may hang, run out of
 * memory or be killed; then this says how it died, in words. User code runs in that process and may send anything: what is
 * not a message of ours is refused, and an error in handling one message reaches neither the server nor the next message. A
 * kernel whose bytes are no messages at all is ended. The processes that its cells have started end with it.
 */
import { type ChildProcess, spawn } from "node:child_process";
import type { Duplex } from "node:stream";
import { fileURLToPath } from "node:url";
import type { FromKernel, ToKernel } from "../messages.ts";
import type { CellId } from "../notebook/types.ts";
import { KernelOutput } from "./kernel-output.ts";
import { LineChannel } from "./line-channel.ts";
import { fromKernel } from "./schema/events.ts";
import { checked } from "./schema/fault.ts";

const ENTRY = fileURLToPath(new URL("../kernel/begin.mjs", import.meta.url));
/** Whether processes have groups that can be ended as one. */
const GROUPS = process.platform !== "win32";
/** Milliseconds that a kernel has to exit by itself. */
const LEAVE_MS = 2_000;
/** Milliseconds for which output is still read when the process is gone: another process may hold its pipes open. */
const LAST_WORDS_MS = 1_000;

export type KernelListeners = {
  readonly said: (message: FromKernel) => void;
  /** Called with the fault of a message that was ignored. */
  readonly refused: (fault: string) => void;
  /** Called once, when the process is gone, with why. */
  readonly gone: (reason: string) => void;
};

export class KernelProcess {
  readonly #child: ChildProcess;
  readonly #channel: LineChannel | undefined;
  readonly #output: KernelOutput;
  readonly #gone: Promise<void>;
  /** Why it was ended here. */
  #fault: string | undefined;

  /** @param folder the working folder of the process: the notebook's. */
  constructor(folder: string, listeners: KernelListeners) {
    const child = spawn(process.execPath, ["--expose-gc", ENTRY], {
      cwd: folder,
      // The messages, and the interrupts: a thread of the kernel reads these even while the kernel is busy.
      stdio: ["ignore", "pipe", "pipe", "pipe", "pipe"],
      // In its own process group: Ctrl-C in the terminal must reach the server only, which stops the cells and keeps their values.
      detached: GROUPS,
    });
    this.#child = child;
    this.#output = new KernelOutput(listeners.said);
    this.#output.read(child.stdout, "log");
    this.#output.read(child.stderr, "warn");
    child.stdio[4]?.on("error", () => undefined);
    const pipe = child.stdio[3] as Duplex | null | undefined;
    this.#channel = pipe
      ? new LineChannel(pipe, {
          received: (message) => this.#received(message, listeners),
          closed: (fault) => this.#silent(fault),
        })
      : undefined;
    this.#gone = new Promise((resolve) => {
      let ended = false;
      const end = (reason: string): void => {
        if (ended) return;
        ended = true;
        resolve();
        this.#output.flush();
        listeners.gone(reason);
      };
      child.once("error", (error) => end(`The kernel could not be started: ${error.message}`));
      child.once("exit", (code, signal) => {
        this.#killGroup();
        const reason = (): string =>
          this.#fault ?? reasonOf(code, signal, this.#output.tail) + runningIn(this.#output.running);
        // `close` comes after the pipes have been read, so that the last words are there.
        child.once("close", () => end(reason()));
        const timer = setTimeout(() => end(reason()), LAST_WORDS_MS);
        child.once("close", () => clearTimeout(timer));
      });
    });
  }

  tell(message: ToKernel): void {
    this.#channel?.send(message);
  }

  #received(message: unknown, { said, refused }: KernelListeners): void {
    const found = checked(fromKernel, message);
    if ("fault" in found) return void refused(found.fault);
    try {
      this.#output.heard(found.value);
      said(found.value);
    } catch (error) {
      refused(`${found.value.type} could not be handled: ${error instanceof Error ? error.message : error}`);
    }
  }

  /** The channel has closed: the process is ending, or is no longer understood. */
  #silent(fault: string | undefined): void {
    const end = (what: string): void => {
      this.#fault ??= `The kernel was ended: ${what}. Only Palimpsest may use the file descriptors 3 and 4.${runningIn(this.#output.running)}`;
      this.kill();
    };
    if (fault !== undefined) return void end(fault);
    setTimeout(() => this.#child.exitCode === null && end("it closed its channel to the server"), LEAVE_MS).unref();
  }

  /** Interrupts the code of a generation, wherever it is. The message with the reason follows. */
  interrupt(cell: CellId, generation: number): void {
    const pipe = this.#child.stdio[4];
    if (pipe && "write" in pipe && pipe.writable) pipe.write(`${JSON.stringify([cell, generation])}\n`);
  }

  /** Ends the process at once, with those that its cells have started. */
  kill(): void {
    this.#killGroup();
    this.#child.kill("SIGKILL");
  }

  #killGroup(): void {
    const { pid } = this.#child;
    if (!GROUPS || pid === undefined) return;
    try {
      process.kill(-pid, "SIGKILL");
    } catch {
      // Nobody is left in the group.
    }
  }

  /** Asks the process to exit, and kills it if it does not. */
  async close(): Promise<void> {
    this.tell({ type: "close" });
    const timer = setTimeout(() => this.kill(), LEAVE_MS);
    await this.#gone;
    clearTimeout(timer);
  }
}

/** Names the cells that were at work, since one of them may be the cause. */
function runningIn(cells: readonly CellId[]): string {
  if (cells.length === 0) return "";
  return cells.length === 1 ? ` The cell ${cells[0]} was running.` : ` The cells ${cells.join(", ")} were running.`;
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
  return `The kernel ended with exit code ${code}${last ? `: ${last.trim().replace(/\.?$/, ".")}` : "."}`;
}
