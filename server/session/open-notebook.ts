/** An open notebook as the start page and the idle limit see it: how many pages show it, and what its kernel does and costs. */
import type { KernelUse } from "../protocol.ts";
import { residentBytes } from "./process-memory.ts";
import type { Session } from "./session.ts";

export class OpenNotebook {
  readonly session: Session;
  #pages = 0;
  /** When the kernel was started; undefined without one. */
  #kernelSince: number | undefined;
  #lastUse = Date.now();

  constructor(session: Session) {
    this.session = session;
    session.subscribe((events) => {
      for (const { event, time } of events) {
        if (event.type === "kernel-starting") this.#kernelSince = time;
        if (event.type === "kernel-ended") this.#kernelSince = undefined;
      }
    });
  }

  /** A page shows the notebook. @returns the function to call when it leaves */
  pageEntered(): () => void {
    let here = true;
    this.#pages += 1;
    return () => {
      if (!here) return;
      here = false;
      this.#pages -= 1;
      this.#lastUse = Date.now();
    };
  }

  /** Milliseconds without a page and without work; 0 while there is one of them. To be asked again and again. */
  idleFor(now: number): number {
    if (this.#pages > 0 || this.work !== "none") this.#lastUse = now;
    return now - this.#lastUse;
  }

  /** What ending the kernel now would interrupt. */
  get work(): KernelUse["work"] {
    const { runs, cells } = this.session.state;
    if (Object.values(runs).some(({ status }) => status === "running")) return "training";
    return cells.some(({ status }) => status === "running" || status === "queued") ? "cells" : "none";
  }

  get hasKernel(): boolean {
    return this.#kernelSince !== undefined;
  }

  /** @returns undefined if no kernel runs */
  async kernelUse(): Promise<KernelUse | undefined> {
    const since = this.#kernelSince;
    if (since === undefined) return undefined;
    const { kernel, tensorBytes } = this.session.state;
    const bytes = kernel.status === "ready" ? await residentBytes(kernel.pid) : undefined;
    const backend = kernel.status === "ready" ? { backend: kernel.backend } : {};
    return {
      since,
      work: this.work,
      pages: this.#pages,
      tensors: tensorBytes,
      ...backend,
      ...(bytes !== undefined && { bytes }),
    };
  }
}
