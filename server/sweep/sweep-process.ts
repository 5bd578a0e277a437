/**
 * A `palimpsest sweep` that the workbench has started. It is in a process group of its own, so that Ctrl-C in the workbench's
 * terminal does not reach it twice: the workbench asks it to end when it ends itself. If the workbench is killed, the channel
 * between the two closes, and the sweep ends as well. Its entries save checkpoints; what was submitted to Slurm goes on.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { checked } from "../session/schema/fault.ts";
import { type Planned, planned } from "./channel.ts";
import { SweepFault } from "./sweep-fault.ts";

const PALIMPSEST = fileURLToPath(new URL("../palimpsest.mjs", import.meta.url));
/** Milliseconds until it must have read the notebook and made its plan. */
const PLAN_MS = 60_000;
/** Characters of what it prints that are kept: the end. */
const KEPT = 4000;

export class SweepProcess {
  /** Which sweep it is. Rejects with a SweepFault if the process ends before it has a plan. */
  readonly planned: Promise<Planned>;
  readonly ended: Promise<void>;
  readonly #child: ChildProcess;
  readonly #folder: string;
  #printed = "";

  /** @param folder the notebook's. @param words the arguments of `palimpsest sweep` */
  constructor(folder: string, words: readonly string[]) {
    this.#folder = folder;
    const child = spawn(process.execPath, [PALIMPSEST, "sweep", ...words], {
      cwd: folder,
      detached: true,
      stdio: ["ignore", "ignore", "pipe", "ipc"],
    });
    this.#child = child;
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.#printed = (this.#printed + text).slice(-KEPT);
    });
    this.ended = new Promise((resolve) => {
      child.once("error", () => resolve());
      child.once("close", () => resolve());
    });
    this.planned = new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.end(), PLAN_MS);
      // Node's loaders may send messages of their own.
      child.on("message", (message) => {
        const read = checked(planned, message);
        if ("value" in read) resolve(read.value);
        if ("value" in read) clearTimeout(timer);
      });
      void this.ended.then(() => {
        clearTimeout(timer);
        reject(new SweepFault(409, this.fault ?? "The sweep ended before it began. Start it again."));
      });
    });
  }

  /** What was wrong, without the place on this machine; undefined unless the process has said that it failed. */
  get fault(): string | undefined {
    const [, text] = /(?:^|\n)palimpsest: ([\s\S]+)$/.exec(this.#printed) ?? [];
    return text?.trim().replaceAll(`${this.#folder}/`, "");
  }

  end(): void {
    this.#child.kill("SIGTERM");
  }
}
