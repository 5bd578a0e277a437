/** From the start of a kernel process to its readiness on `wasm`. */
import { tmpdir } from "node:os";
import { join } from "node:path";
import { KernelProcess } from "../../../server/session/kernel-process.ts";
import { type Measure, median } from "./measure.ts";

const SAMPLES = 20;

export async function start(): Promise<Measure[]> {
  const samples: number[] = [];
  for (let round = 0; round < SAMPLES; round += 1) samples.push(await once());
  return [{ name: "kernel-start-ms", value: median(samples), samples }];
}

function once(): Promise<number> {
  const folder = tmpdir();
  return new Promise((resolve, reject) => {
    const began = performance.now();
    let ready = 0;
    const kernel = new KernelProcess(folder, {
      said: (message) => {
        if (message.type !== "kernel-ready") return;
        ready = performance.now() - began;
        void kernel.close();
      },
      refused: (fault) => reject(new Error(fault)),
      gone: (reason) => (ready > 0 ? resolve(ready) : reject(new Error(reason))),
    });
    kernel.tell({ type: "open", notebook: join(folder, "bench.ts"), workspace: folder, seed: 1, backend: "wasm" });
  });
}
