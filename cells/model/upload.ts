/**
 * A weight from a file to the device. 16-bit weights are widened there, which is exact and many times as fast as in JavaScript, and
 * half as many bytes are copied; where a backend has no way of its own, JavaScript does it.
 */
import * as tf from "@tensorflow/tfjs";
import type { StoredMatrix } from "../device/matrix.ts";
import { upload as toTensorflow } from "../device/tensorflow/forms.ts";
import { wasmMemory } from "../device/wasm/memory.ts";
import type { Gpu } from "../device/webgpu/gpu.ts";
import { widen } from "./safetensors.ts";

/** float32, of the matrix's shape. The bytes may change afterwards. */
export function uploadWeight(stored: StoredMatrix): tf.Tensor {
  const { dtype, shape, bytes } = stored;
  const size = tf.util.sizeFromShape([...shape]);
  switch (tf.getBackend()) {
    case "webgpu":
      // Matrices stay packed; what is small is read by programs that take float32.
      if (shape.length < 2) break;
      return tf.engine().makeTensorFromTensorInfo((tf.backend() as unknown as Gpu).upload(stored));
    case "wasm": {
      const memory = wasmMemory(tf.backend());
      const made = memory.make(shape);
      const at = memory.at(made);
      // Narrow values go into the upper half of what they will fill, and from there over all of it.
      memory.write(bytes, at + 4 * size - bytes.length);
      if (dtype !== "F32") memory.kernels[dtype === "BF16" ? "widenBrain" : "widenHalf"](at, size);
      return tf.engine().makeTensorFromTensorInfo(made);
    }
    case "tensorflow":
      // It takes them two and two.
      if (dtype !== "F32" && size % 2 === 1) break;
      return toTensorflow(stored, tf.backend());
  }
  const values = widen(stored);
  return tf.tensor(dtype === "F32" ? values.slice() : values, [...shape], "float32");
}
