/**
 * Copies a weight from a file to the device. 16-bit weights are widened on the device if the backend can do it: this is exact, many
 * times faster than in JavaScript, and copies half as many bytes. Otherwise JavaScript widens them.
 */
import * as tf from "@tensorflow/tfjs";
import type { StoredMatrix } from "../device/matrix.ts";
import { upload as toTensorflow } from "../device/tensorflow/forms.ts";
import { wasmMemory } from "../device/wasm/memory.ts";
import type { Gpu } from "../device/webgpu/gpu.ts";
import { widen } from "./widen.ts";

/** A float32 tensor of the matrix's shape. The caller may reuse the bytes afterwards. */
export function uploadWeight(stored: StoredMatrix): tf.Tensor {
  const { dtype, shape, bytes } = stored;
  const size = tf.util.sizeFromShape([...shape]);
  switch (tf.getBackend()) {
    case "webgpu":
      // Matrices stay packed in 16 bits. Vectors are read by programs that take float32 only.
      if (shape.length < 2) break;
      return tf.engine().makeTensorFromTensorInfo((tf.backend() as unknown as Gpu).upload(stored));
    case "wasm": {
      const memory = wasmMemory(tf.backend());
      if (dtype !== "F32" && shape.length === 2) {
        const [rows, width] = shape as [number, number];
        const made = memory.makeNarrow({ dtype, rows, width });
        memory.scratch(Math.ceil(bytes.length / 4), (room) => {
          memory.write(bytes, room);
          memory.kernels.storeNarrow(room, memory.at(made), rows, width);
        });
        return tf.engine().makeTensorFromTensorInfo(made);
      }
      const made = memory.make(shape);
      const at = memory.at(made);
      // The kernel widens in place: the 16-bit values must lie in the upper half of the output.
      memory.write(bytes, at + 4 * size - bytes.length);
      if (dtype !== "F32") memory.kernels[dtype === "BF16" ? "widenBrain" : "widenHalf"](at, size);
      return tf.engine().makeTensorFromTensorInfo(made);
    }
    case "tensorflow":
      // TensorFlow's form takes 16-bit values in pairs.
      if (dtype !== "F32" && size % 2 === 1) break;
      return toTensorflow(stored, tf.backend());
  }
  const values = widen(stored);
  return tf.tensor(dtype === "F32" ? values.slice() : values, [...shape], "float32");
}
