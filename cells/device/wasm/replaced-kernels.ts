/**
 * Replaces or adds wasm kernels of tfjs, so that plain tfjs operations are fast and differentiable too: the product (tfjs is slow if an
 * operand is transposed); Identity, with which the tape saves tensors (tfjs copies the elements; sharing them is enough, since tensors
 * never change); and the segment sum for the gradient of `tf.gather` (tfjs has none).
 */
import * as tf from "@tensorflow/tfjs";
import "@tensorflow/tfjs-backend-wasm";
import { wasmMemory } from "./memory.ts";
import { product } from "./product.ts";
import { takingNarrow } from "./wide-inputs.ts";

function replace(kernelName: string, kernelFunc: tf.KernelFunc): void {
  if (tf.getKernel(kernelName, "wasm")) tf.unregisterKernel(kernelName, "wasm");
  tf.registerKernel({ kernelName, backendName: "wasm", kernelFunc });
}

replace("Identity", ({ inputs, backend }) => wasmMemory(backend).share(inputs.x!));

const segmentSum: tf.KernelFunc = ({ inputs, backend, attrs }) => {
  const [memory, x, segmentIds] = [wasmMemory(backend), inputs.x!, inputs.segmentIds!];
  const { numSegments } = attrs as unknown as { numSegments: number };
  if (x.dtype !== "float32") throw new Error(`unsortedSegmentSum: x is ${x.dtype}; on wasm it must be float32.`);
  const inner = x.shape.slice(segmentIds.shape.length);
  const width = inner.reduce((product, size) => product * size, 1);
  const out = memory.make([numSegments, ...inner]);
  const [from, ids, to] = [memory.at(x), memory.at(segmentIds), memory.at(out)];
  memory.kernels.scatterRows(from, ids, to, memory.size(segmentIds), width, numSegments);
  return out;
};
replace("UnsortedSegmentSum", takingNarrow(segmentSum));

/** Batch dimensions are broadcast, as in tfjs's other binary operations. */
const batchProduct: tf.KernelFunc = ({ inputs, backend, attrs }) => {
  const [memory, a, b] = [wasmMemory(backend), inputs.a!, inputs.b!];
  const { transposeA, transposeB } = attrs as unknown as { transposeA: boolean; transposeB: boolean };
  if (a.dtype !== "float32" || b.dtype !== "float32") {
    throw new Error(`matMul: operands are ${a.dtype} and ${b.dtype}; on wasm they must be float32.`);
  }
  const [aRows, aColumns] = a.shape.slice(-2) as [number, number];
  const [bRows, bColumns] = b.shape.slice(-2) as [number, number];
  const [rows, inner] = transposeA ? [aColumns, aRows] : [aRows, aColumns];
  const columns = transposeB ? bRows : bColumns;
  if (inner !== (transposeB ? bColumns : bRows)) {
    throw new Error(`matMul: [${a.shape}] and [${b.shape}] (transposed: ${transposeA}, ${transposeB}) do not fit.`);
  }
  const outer = tf.broadcast_util.assertAndGetBroadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2));
  const out = memory.make([...outer, rows, columns]);
  const [left, right] = [
    transposeA ? memory.transposed(a, aColumns) : memory.matrix(a, aColumns),
    transposeB ? memory.transposed(b, bColumns) : memory.matrix(b, bColumns),
  ];
  const batches = outer.reduce((product, size) => product * size, 1);
  for (let batch = 0; batch < batches; batch++) {
    const aAt = left.at + 4 * aRows * aColumns * matrixOf(batch, outer, a.shape.slice(0, -2));
    const bAt = right.at + 4 * bRows * bColumns * matrixOf(batch, outer, b.shape.slice(0, -2));
    const cAt = memory.at(out) + 4 * batch * rows * columns;
    product(memory, { ...left, at: aAt }, { ...right, at: bAt }, cAt, [rows, columns, inner]);
  }
  return out;
};
replace("BatchMatMul", takingNarrow(batchProduct));

/** The index of an operand's matrix for the output matrix `batch`. `own` and `outer` are the batch shapes of operand and output. */
function matrixOf(batch: number, outer: readonly number[], own: readonly number[]): number {
  let [rest, index, stride] = [batch, 0, 1];
  for (let i = outer.length - 1; i >= 0; i--) {
    const [size, place] = [own[i - outer.length + own.length] ?? 1, rest % outer[i]!];
    if (size > 1) index += place * stride;
    stride *= size;
    rest = Math.floor(rest / outer[i]!);
  }
  return index;
}
