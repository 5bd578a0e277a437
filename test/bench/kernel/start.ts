/** The time from the start of a kernel process until it is ready on `wasm`. */
import { tmpdir } from "node:os";
import { join } from "node:path";
import { KernelProcess } from "../../../server/session/kernel-process.ts";
import { type Measure, measureOf, samplesOf } from "./measure.ts";

export async function kernelStart(): Promise<Measure[]> {
  return [measureOf("kernel-start-ms", await samplesOf({ count: 20, warmUp: 0 }, startOnce))];
}

/** @returns milliseconds; waits until the process has ended, so that it does not slow down the next one. */
function startOnce(): Promise<number> {
  const folder = tmpdir();
  return new Promise((resolve, reject) => {
    const start = performance.now();
    let readyAfter: number | undefined;
    const kernel = new KernelProcess(folder, {
      said: (message) => {
        if (message.type !== "kernel-ready") return;
        readyAfter = performance.now() - start;
        void kernel.close();
      },
      refused: (fault) => reject(new Error(fault)),
      gone: (reason) => (readyAfter === undefined ? reject(new Error(reason)) : resolve(readyAfter)),
    });
    const notebook = join(folder, "bench.ts");
    kernel.tell({
      type: "open",
      notebook,
      workspace: folder,
      seed: 1,
      backend: "wasm",
      key: "bench",
      version: "bench",
    });
  });
}
