/**
 * Creates a device with all limits of the adapter and registers it as tfjs's backend "webgpu", for which tfjs's kernels are registered.
 * tfjs itself would request only six limits and two features: some bindings would be limited to 128 MiB, and there would be no 16-bit
 * arithmetic.
 */
import * as tf from "@tensorflow/tfjs";
import { Backend } from "./backend.ts";

/** Features that are used or reported if the adapter has them. */
const features = [
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
  const requiredFeatures = features.filter((name) => adapter.features.has(name)) as GPUFeatureName[];
  const device = await adapter.requestDevice({ requiredLimits, requiredFeatures });
  tf.registerBackend("webgpu", () => withNavigator(() => new Backend(device, adapter.info)));
}

/** tfjs's constructor checks that it is in a browser with WebGPU. Outside of it no other code must take Node for a browser. */
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
