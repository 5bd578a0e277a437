/**
 * Copies a weight from a file to the device, whole or in parts. Matrices of a 16-bit checkpoint stay in 16 bits on every backend but
 * TensorFlow, which widens them on the device; results are the same. Vectors are float32 everywhere.
 */
import * as tf from "@tensorflow/tfjs";
import { narrowTensor } from "../device/cpu/narrow.ts";
import type { StoredMatrix } from "../device/matrix.ts";
import { upload as toTensorflow } from "../device/tensorflow/forms.ts";
import { wasmMemory } from "../device/wasm/memory.ts";
import type { Gpu } from "../device/webgpu/gpu.ts";
import { widen } from "../device/widen.ts";

type Kind = Omit<StoredMatrix, "bytes">;

/** A weight that arrives in parts. */
export type Upload = {
  /** The caller may reuse the bytes afterwards. @param from the first row of the part, a multiple of eight */
  write(bytes: Uint8Array<ArrayBuffer>, from: number): void;
  /** The tensor, of the weight's shape; for tfjs it is float32. */
  finish(): tf.Tensor;
  /** Frees what was taken so far. */
  abandon(): void;
};

/** Parts are written one after the other, each with whole rows. Call `finish` or `abandon` once. */
export function startUpload(kind: Kind): Upload {
  const { dtype, shape } = kind;
  switch (tf.getBackend()) {
    case "wasm":
      return dtype === "F32" || shape.length === 2 ? toWasm(kind) : collected(kind);
    case "cpu":
      return dtype !== "F32" && shape.length === 2 ? collected(kind, (bytes) => onCpu(kind, bytes)) : collected(kind);
    default:
      return collected(kind);
  }
}

/** A whole weight. */
export function uploadWeight({ bytes, ...kind }: StoredMatrix): tf.Tensor {
  const upload = startUpload(kind);
  upload.write(bytes, 0);
  return upload.finish();
}

function bytesPerRow({ dtype, shape }: Kind): number {
  return tf.util.sizeFromShape(shape.slice(1)) * (dtype === "F32" ? 4 : 2);
}

/** Writes each part to its place in the memory of the backend. */
function toWasm(kind: Kind): Upload {
  const { dtype, shape } = kind;
  const memory = wasmMemory(tf.backend());
  const [rows, width] = shape as [number, number];
  const made = dtype === "F32" ? memory.make(shape) : memory.makeNarrow({ dtype, rows, width });
  return {
    write(bytes, from) {
      const to = memory.at(made) + from * bytesPerRow(kind);
      if (dtype === "F32") memory.write(bytes, to);
      else {
        memory.scratch(Math.ceil(bytes.length / 4), (room) => {
          memory.write(bytes, room);
          memory.kernels.storeNarrow(room, to, bytes.length / (2 * width), width);
        });
      }
    },
    finish: () => tf.engine().makeTensorFromTensorInfo(made),
    abandon: () => memory.free(made),
  };
}

/** For backends that need all bytes at once. */
function collected(
  kind: Kind,
  make: (bytes: Uint8Array<ArrayBuffer>) => tf.Tensor = (bytes) => whole({ ...kind, bytes }),
) {
  const size = kind.shape.length === 0 ? bytesPerRow(kind) : kind.shape[0]! * bytesPerRow(kind);
  let all: Uint8Array<ArrayBuffer> | undefined;
  return {
    write(bytes: Uint8Array<ArrayBuffer>, from: number) {
      all ??= new Uint8Array(size);
      all.set(bytes, from * bytesPerRow(kind));
    },
    finish: () => make(all ?? new Uint8Array(size)),
    abandon: () => {},
  };
}

function onCpu({ dtype, shape }: Kind, { buffer }: Uint8Array<ArrayBuffer>): tf.Tensor {
  if (dtype === "F32") throw new Error("A weight in float32 is not held in 16 bits.");
  return narrowTensor(dtype, shape as [number, number], new Uint16Array(buffer));
}

/** @param stored with bytes that nobody else uses */
function whole(stored: StoredMatrix): tf.Tensor {
  const { dtype, shape, bytes } = stored;
  const size = tf.util.sizeFromShape([...shape]);
  switch (tf.getBackend()) {
    case "webgpu":
      // Vectors are read by programs that take float32 only.
      if (shape.length < 2) break;
      return tf.engine().makeTensorFromTensorInfo((tf.backend() as unknown as Gpu).upload(stored));
    case "wasm": {
      const memory = wasmMemory(tf.backend());
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
  return tf.tensor(widen(stored), [...shape], "float32");
}
