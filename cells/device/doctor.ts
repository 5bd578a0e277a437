/**
 * Measures the backends of this machine: for each one whether it is used or why not, its speed in a matrix product, the time of one
 * small operation, and the speed and size of its memory. Takes about a second per backend.
 */
import * as tf from "@tensorflow/tfjs";
import { availableMemory } from "./available-memory.ts";
import { chooseBackend, surveyBackends } from "./backend.ts";
import type { BackendName } from "./backend-name.ts";
import { linear } from "./functions.ts";
import { secondsOf } from "./seconds.ts";
import type { AdapterReport } from "./webgpu/adapter.ts";

export type Measured = {
  /** 10⁹ floating-point operations per second in a linear layer with matrices of `productSize`². */
  readonly gigaflops: number;
  readonly productSize: number;
  /** Microseconds per small operation. */
  readonly overhead: number;
  /** 10⁹ bytes per second, read and written, of an elementwise operation on a large tensor. */
  readonly copy: number;
  /** Bytes that tensors can take; undefined if they cannot be found out. */
  readonly memory: number | undefined;
  /** The adapter of WebGPU. */
  readonly adapter?: AdapterReport;
};

export type BackendReport =
  | ({
      /** The backend and, if it has several, its device. */
      readonly name: string;
      /** Its name for `--backend`. */
      readonly backend: BackendName;
      readonly usable: true;
      /** Whether it is the default for notebooks. */
      readonly used: boolean;
    } & Measured)
  | { readonly name: string; readonly usable: false; readonly used: false; readonly reason: string };

/**
 * Tries and measures every backend in order of preference, or only the requested one. Software adapters are used only on request. The
 * preferred backend stays set.
 */
export async function examine(requested?: string): Promise<BackendReport[]> {
  const survey = await surveyBackends(requested);
  if (survey.length === 0) await chooseBackend(requested);
  const reports: BackendReport[] = [];
  for (const { name, title, reason } of survey) {
    if (reason !== undefined) reports.push({ name: title, usable: false, used: false, reason });
    else if (reports.some((report) => report.usable && report.backend === name)) {
      reports.push({ name: title, usable: false, used: false, reason: "its GPU is used instead" });
    } else {
      const used = requested === undefined && !reports.some((report) => report.usable);
      reports.push({ name: title, backend: name, usable: true, used, ...(await measure(name)) });
    }
  }
  if (requested === undefined) await chooseBackend();
  return reports;
}

async function measure(name: BackendName): Promise<Measured> {
  await tf.setBackend(name);
  // tfjs's WebGPU backend computes smaller tensors in JavaScript.
  const small = tf.ones([1024]);
  const batch = 200;
  const operations = await secondsOf(() => {
    let last = small;
    for (let i = 0; i < batch; i++) last = tf.add(last, small);
    return last;
  });
  const bytes = 2 ** 25;
  const large = tf.ones([bytes / 4]);
  const pass = await secondsOf(() => tf.neg(large));
  tf.dispose([small, large]);
  return {
    ...(await product()),
    ...(name === "webgpu" ? { adapter: await (await import("./webgpu/adapter.ts")).describeAdapter() } : {}),
    overhead: (operations / batch) * 1e6,
    copy: (2 * bytes) / pass / 1e9,
    memory: await availableMemory(name),
  };
}

/** Doubles the size until a product takes long enough to be measured well; a GPU needs larger ones than a CPU. */
async function product(): Promise<Pick<Measured, "gigaflops" | "productSize">> {
  for (let productSize = 128; ; productSize *= 2) {
    const matrix = tf.ones([productSize, productSize]);
    const seconds = await secondsOf(() => linear(matrix, matrix));
    matrix.dispose();
    const gigaflops = (2 * productSize * productSize * productSize) / seconds / 1e9;
    if (seconds > 0.008 || productSize === 8192) return { gigaflops, productSize };
  }
}
