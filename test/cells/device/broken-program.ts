/** Runs an invalid program on a WebGPU device. Prints a result from before, and the errors of reading its result and others, and of a new operation. */
import * as tf from "@tensorflow/tfjs";
import { chooseBackend } from "../../../cells/device/backend.ts";
import type { Gpu } from "../../../cells/device/webgpu/gpu.ts";
import { program } from "../../../cells/device/webgpu/program.ts";

await chooseBackend("webgpu");
const gpu = tf.backend() as unknown as Gpu;
const broken = program({
  name: "broken",
  reads: { x: "f32" },
  writes: { y: "f32" },
  parameters: { size: "u32" },
  lanes: 64,
  body: "y[lane] = x[lane] +;",
});
const two = tf.fill([2], 2);
console.log(`before: ${await two.data()}`);
const doubled = tf.mul(two, two);
const y = tf.engine().makeTensorFromTensorInfo(gpu.make([2]));
const print = (error: Error): void => console.log(`after: ${error.message}`);
try {
  gpu.run(broken, { x: two, y }, { size: 2 }, 1);
} catch (error) {
  print(error as Error);
}
await y.data().catch(print);
await doubled.data().catch(print);
try {
  tf.add(two, two);
} catch (error) {
  print(error as Error);
}
