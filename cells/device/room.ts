/** How many bytes tensors can take on a backend before it fails. */
import * as tf from "@tensorflow/tfjs";
import type { BackendName } from "./backend-name.ts";

/** What tfjs's wasm modules were linked with as the most that their memory grows to. */
const mostOfWasm = 4_294_901_760;

/** Bytes for the backend that is set; undefined where nothing tells them. */
export async function roomForTensors(name: BackendName): Promise<number | undefined> {
  switch (name) {
    case "wasm":
      return Math.min(mostOfWasm, process.availableMemory());
    case "webgpu": {
      // WebGPU does not tell; the driver of the most usual cards does.
      const { softwareAdapter } = await import("./webgpu/dawn.ts");
      return softwareAdapter() === undefined ? ofCard() : process.availableMemory();
    }
    case "tensorflow": {
      const { isUsingGpuDevice } = tf.backend() as unknown as { readonly isUsingGpuDevice?: boolean };
      return isUsingGpuDevice ? ofCard() : process.availableMemory();
    }
    case "cpu":
      return process.availableMemory();
    default:
      return name satisfies never;
  }
}

async function ofCard(): Promise<number | undefined> {
  const { cardMemory } = await import("./tensorflow/card.ts");
  return cardMemory();
}
