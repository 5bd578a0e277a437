/** The number of bytes that tensors can take on a backend before it fails. */
import * as tf from "@tensorflow/tfjs";
import type { BackendName } from "./backend-name.ts";

/** The maximum memory with which tfjs's wasm modules were linked, in bytes. */
export const maxWasmMemory = 4_294_901_760;

/** Free bytes of the machine; undefined where a program cannot know them, as in a browser. */
function ofMachine(): number | undefined {
  return globalThis.process?.availableMemory?.();
}

/** Bytes for the current backend; undefined if they cannot be found out. */
export async function availableMemory(name: BackendName): Promise<number | undefined> {
  switch (name) {
    case "wasm":
      return Math.min(maxWasmMemory, ofMachine() ?? maxWasmMemory);
    case "webgpu": {
      // WebGPU does not tell its memory; NVIDIA's driver does.
      const { softwareAdapter } = await import("./webgpu/dawn.ts");
      return softwareAdapter() === undefined ? ofGpu() : ofMachine();
    }
    case "tensorflow": {
      const { isUsingGpuDevice } = tf.backend() as unknown as { readonly isUsingGpuDevice?: boolean };
      return isUsingGpuDevice ? ofGpu() : ofMachine();
    }
    case "cpu":
      return ofMachine();
    default:
      return name satisfies never;
  }
}

async function ofGpu(): Promise<number | undefined> {
  const { freeGpuMemory } = await import("./tensorflow/gpu-memory.ts");
  return freeGpuMemory();
}
