/** Lets tfjs's own wasm kernels take weights in 16 bits: they get float32 copies. Import it before other kernels are registered. */
import * as tf from "@tensorflow/tfjs";
import "@tensorflow/tfjs-backend-wasm";
import { wasmMemory } from "./memory.ts";
import { withWide } from "./narrow.ts";

export function takingNarrow(kernel: tf.KernelFunc): tf.KernelFunc {
  return (call) => withWide(wasmMemory(call.backend), call.inputs, (inputs) => kernel({ ...call, inputs }));
}

/** Kernels whose output shares the data of their input. */
const sharing = ["Identity", "Reshape"];

for (const config of tf.getKernelsForBackend("wasm")) {
  if (sharing.includes(config.kernelName)) continue;
  tf.unregisterKernel(config.kernelName, "wasm");
  tf.registerKernel({ ...config, kernelFunc: takingNarrow(config.kernelFunc) });
}
