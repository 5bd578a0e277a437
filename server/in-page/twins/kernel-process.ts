/**
 * `session/kernel-process.ts` in a page: the kernel is a worker in place of a process. Code of cells runs in it and may send anything, so
 * its messages are checked as those of a process are. Code that never yields cannot be interrupted, only ended with the worker.
 */

import type { FromKernel, ToKernel } from "../../messages.ts";
import type { KernelListeners } from "../../session/kernel-process.ts";
import { fromKernel } from "../../session/schema/events.ts";
import { checked } from "../../session/schema/fault.ts";
import { kernelAddress, kernelRuns } from "../kernel-code.ts";
import type { ToSession } from "../kernel-messages.ts";
import { allFiles, type StoredFile } from "../node/disk.ts";
import { mkdirSync, writeFileSync } from "../node/fs.ts";
import { dirname } from "../node/path.ts";
import { RECORD } from "../places.ts";

/** Milliseconds that a kernel has to write what it has. */
const LEAVE_MS = 2_000;

export class KernelProcess {
  readonly #worker: Worker;
  readonly #gone: Promise<void>;
  #leave: () => void = () => undefined;

  constructor(_folder: string, { said, refused, gone }: KernelListeners) {
    this.#worker = new Worker(kernelAddress());
    this.#gone = new Promise((resolve) => {
      this.#leave = () => {
        this.#worker.terminate();
        resolve();
      };
    });
    this.#worker.onmessage = ({ data }: MessageEvent<ToSession>) => {
      if (data.kind === "closed") this.#leave();
      else if (data.kind === "written") written(data.path, data.bytes);
      else received(data.text, said, refused);
    };
    this.#worker.onerror = (event) => {
      // An error of a cell is reported there; this one kept the worker from starting.
      event.preventDefault();
      this.#leave();
      gone(`The kernel could not be started: ${event.message}`);
    };
    // The record is compared by the session; a kernel does not need it.
    this.give(allFiles().filter(({ path }) => !path.startsWith(`${RECORD}/`)));
    kernelRuns(this);
  }

  give(files: readonly StoredFile[]): void {
    this.#worker.postMessage({ type: "files", files });
  }

  tell(message: ToKernel): void {
    this.#worker.postMessage(message);
  }

  /** The message with the reason, which follows, is all that can reach a worker. */
  interrupt(): void {}

  kill(): void {
    this.#leave();
  }

  async close(): Promise<void> {
    this.tell({ type: "close" });
    const timer = setTimeout(() => this.#leave(), LEAVE_MS);
    await this.#gone;
    clearTimeout(timer);
  }
}

/** As JSON, so that what a number or a missing value becomes is the same as between processes. */
function received(text: string, said: (message: FromKernel) => void, refused: (fault: string) => void): void {
  try {
    const found = checked(fromKernel, JSON.parse(text));
    if ("fault" in found) refused(found.fault);
    else said(found.value);
  } catch (error) {
    refused(`a message could not be handled: ${error instanceof Error ? error.message : error}`);
  }
}

function written(path: string, bytes: Uint8Array): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, bytes);
}
