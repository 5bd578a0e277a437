/**
 * A device with all that the adapter gives: stock tfjs asks for six limits and two features, and would so be held to 128 MiB a
 * binding in some of them and to no 16-bit arithmetic. Registers it as tfjs's backend "webgpu", under which the
 * stock kernels are known.
 */
import * as tf from "@tensorflow/tfjs";
import { Backend } from "./backend.ts";

/** What is used, or reported, where the adapter has it. */
const wanted = [
  "shader-f16",
  "subgroups",
  "timestamp-query",
  "bgra8unorm-storage",
  "chromium-experimental-subgroup-matrix",
] as const;

export async function registerDevice(adapter: GPUAdapter): Promise<void> {
  const requiredLimits: Record<string, number> = {};
  for (const name in adapter.limits) {
    const limit = adapter.limits[name as keyof GPUSupportedLimits];
    if (typeof limit === "number") requiredLimits[name] = limit;
  }
  const requiredFeatures = wanted.filter((name) => adapter.features.has(name)) as GPUFeatureName[];
  const device = await adapter.requestDevice({ requiredLimits, requiredFeatures });
  tf.registerBackend("webgpu", () => withNavigator(() => new Backend(device, adapter.info)));
}

/** The stock constructor looks whether this is a browser with WebGPU; nobody else is to take Node for one. */
function withNavigator<T>(work: () => T): T {
  const before = Object.getOwnPropertyDescriptor(globalThis, "navigator");
  Object.defineProperty(globalThis, "navigator", { value: { gpu: {} }, configurable: true });
  try {
    return work();
  } finally {
    if (before) Object.defineProperty(globalThis, "navigator", before);
    else Reflect.deleteProperty(globalThis, "navigator");
  }
}
