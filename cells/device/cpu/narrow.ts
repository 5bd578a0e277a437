/**
 * Weights in 16 bits on the backend `cpu`. The references of products and lookups use the functions here, which widen some rows or
 * columns at a time; tfjs sums each element of a product in the same order for any number of them. Every other operation gets all values
 * widened, for as long as it needs them. Weights in float32, and other backends, use tfjs's operations.
 */
import * as tf from "@tensorflow/tfjs";
import { type Narrow, type NarrowType, narrowOf } from "../narrow.ts";
import { asRows, rowsOf, widthOf } from "../shape.ts";
import { widenBits } from "../widen.ts";

/** The most elements that are widened at a time. */
const partSize = 2 ** 21;

type Entry = {
  readonly values: Float32Array;
  readonly dtype: "float32";
  refCount: number;
  readonly narrow: Narrow;
  readonly bits: Uint16Array;
};
type Cpu = {
  readonly data: { set(dataId: object, entry: Entry): void; get(dataId: object): Entry };
  write(values: Float32Array, shape: readonly number[], dtype: "float32"): object;
};

/** @param bits row by row; the tensor keeps them */
export function narrowTensor(
  dtype: NarrowType,
  [rows, width]: readonly [number, number],
  bits: Uint16Array,
): tf.Tensor {
  const { data, write } = tf.backend() as unknown as Cpu;
  const dataId = write.call(tf.backend(), new Float32Array(0), [rows, width], "float32");
  data.set(dataId, {
    // Read by tfjs's operations, which do not keep the array.
    get values() {
      return widenBits(dtype, bits);
    },
    dtype: "float32",
    refCount: 1,
    narrow: { dtype, rows, width },
    bits,
  });
  return tf.engine().makeTensorFromTensorInfo({ dataId, shape: [rows, width], dtype: "float32" });
}

function narrowAt(w: tf.Tensor): Entry | undefined {
  if (tf.getBackend() !== "cpu" || !narrowOf(tf.backend(), w)) return undefined;
  const entry = (tf.backend() as unknown as Cpu).data.get(w.dataId);
  // A reshaped tensor has the same data with other rows.
  return entry.narrow.width === widthOf(w) ? entry : undefined;
}

/** The products with some rows or columns of a weight, side by side. */
function inParts(count: number, each: number, product: (from: number, to: number) => tf.Tensor2D): tf.Tensor2D {
  const step = Math.max(1, Math.floor(partSize / each));
  return tf.tidy(() => {
    const parts = Array.from({ length: Math.ceil(count / step) }, (_, part) =>
      tf.tidy(() => product(part * step, Math.min(count, (part + 1) * step))),
    );
    return parts.length === 1 ? parts[0]! : tf.concat2d(parts, 1);
  });
}

/** x·wᵀ: `[n, in]`, `[out, in]` → `[n, out]`. */
export function timesTransposed(x: tf.Tensor2D, w: tf.Tensor): tf.Tensor2D {
  const narrow = narrowAt(w);
  if (!narrow) return tf.matMul(x, asRows(w), false, true);
  const {
    bits,
    narrow: { dtype, rows, width },
  } = narrow;
  return inParts(rows, width, (from, to) => {
    const part = tf.tensor2d(widenBits(dtype, bits.subarray(from * width, to * width)), [to - from, width]);
    return tf.matMul(x, part, false, true);
  });
}

/** x·w: `[n, out]`, `[out, in]` → `[n, in]`. */
export function timesRows(x: tf.Tensor2D, w: tf.Tensor): tf.Tensor2D {
  const narrow = narrowAt(w);
  if (!narrow) return tf.matMul(x, asRows(w));
  const {
    bits,
    narrow: { dtype, rows, width },
  } = narrow;
  return inParts(width, rows, (from, to) => {
    const columns = to - from;
    const part = new Uint16Array(rows * columns);
    for (let row = 0; row < rows; row += 1) {
      part.set(bits.subarray(row * width + from, row * width + to), row * columns);
    }
    return tf.matMul(x, tf.tensor2d(widenBits(dtype, part), [rows, columns]));
  });
}

/** The rows of a table with these ids: `[vocabulary, width]`, `[…]` → `[…, width]`. @throws if the table has no such row */
export function rowsAt(table: tf.Tensor, ids: tf.Tensor): tf.Tensor {
  const narrow = narrowAt(table);
  if (!narrow) return tf.gather(asRows(table), ids);
  const {
    bits,
    narrow: { dtype, rows, width },
  } = narrow;
  const wanted = ids.dataSync();
  const found = new Uint16Array(wanted.length * width);
  for (const [place, id] of wanted.entries()) {
    if (!(id >= 0 && id < rows))
      throw new Error(`The id at place ${place} is outside the table of ${rowsOf(table)} rows.`);
    found.set(bits.subarray(id * width, (id + 1) * width), place * width);
  }
  return tf.tensor(widenBits(dtype, found), [...ids.shape, width]);
}
