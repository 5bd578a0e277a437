/**
 * What this machine computes with, and how fast: for each backend why it is or is not used, the speed of a product, the
 * time that one small operation costs, the speed of its memory and how much of that there is. About a second each.
 */
import * as tf from "@tensorflow/tfjs";
import { chooseBackend, surveyBackends } from "./backend.ts";
import type { BackendName } from "./backend-name.ts";
import { linear } from "./functions.ts";
import { roomForTensors } from "./room.ts";
import { secondsOf } from "./seconds.ts";
import type { Adapter } from "./webgpu/adapter.ts";

export type Measured = {
  /** Thousand million floating-point operations per second in a linear map of `productSize`² matrices. */
  readonly gigaflops: number;
  readonly productSize: number;
  /** Microseconds per small operation. */
  readonly overhead: number;
  /** Thousand million bytes per second, read and written, of an operation that only goes over a large tensor. */
  readonly copy: number;
  /** Bytes that tensors can take; undefined where nothing tells. */
  readonly memory: number | undefined;
  /** What WebGPU runs on. */
  readonly adapter?: Adapter;
};

export type BackendReport =
  | ({
      /** The backend and, where it has a choice, its device. */
      readonly name: string;
      /** The name that `--backend` takes. */
      readonly backend: BackendName;
      readonly usable: true;
      /** Whether notebooks run on it unless they ask for another. */
      readonly used: boolean;
    } & Measured)
  | { readonly name: string; readonly usable: false; readonly used: false; readonly reason: string };

/**
 * Tries and measures every backend in order of preference, or only that of the name given; software adapters only then. Leaves
 * the preferred one set.
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
  // Smaller ones a WebGPU backend would compute in JavaScript.
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
    memory: await roomForTensors(name),
  };
}

/** At the size from which on a product takes long enough that nothing else counts: a card wants larger ones. */
async function product(): Promise<Pick<Measured, "gigaflops" | "productSize">> {
  for (let productSize = 128; ; productSize *= 2) {
    const matrix = tf.ones([productSize, productSize]);
    const seconds = await secondsOf(() => linear(matrix, matrix));
    matrix.dispose();
    const gigaflops = (2 * productSize ** 3) / seconds / 1e9;
    if (seconds > 0.008 || productSize === 8192) return { gigaflops, productSize };
  }
}
