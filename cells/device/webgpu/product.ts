/** Runs matrix products on a WebGPU device: chooses the program, the tile size, and the number of parts of a split sum. */
import type * as tf from "@tensorflow/tfjs";
import type { Gpu } from "./gpu.ts";
import { depthOf, joinProgram, type Part, productProgram } from "./matmul.ts";

type Operand = {
  readonly tensor: tf.TensorInfo;
  /** Whether a is stored as `[inner, rows]`, or b as `[columns, inner]`. */
  readonly transposed?: boolean;
  /** The line of the tensor where the matrix begins. */
  readonly from?: number;
};

export type Product = {
  readonly a: Operand;
  readonly b: Operand;
  readonly c: tf.TensorInfo;
  /** The row of c where the result begins. */
  readonly from?: number;
  readonly sizes: readonly [rows: number, columns: number, inner: number];
  readonly scale?: number;
  /** Adds scale·a·b of a second pair of operands, stored like the first. */
  readonly extra?: {
    readonly a: tf.TensorInfo;
    readonly b: tf.TensorInfo;
    readonly inner: number;
    readonly scale: number;
  };
  readonly bias?: tf.TensorInfo | undefined;
  /** Whether the result is added to c. */
  readonly add?: boolean;
};

/** The number of workgroups that keep a GPU busy. */
const enoughGroups = 128;

/** Sets c `[rows, columns]` to scale·a·b, plus the optional terms. */
export function product(gpu: Gpu, request: Product, part: Part = partFor(request.sizes)): void {
  const { a, b, c, from = 0, sizes, scale = 1, extra, bias, add = false } = request;
  const [rows, columns, inner] = sizes;
  const [transposedA, transposedB] = [a.transposed ?? false, b.transposed ?? false];
  const lines = [transposedA ? rows : inner, transposedB ? inner : columns];
  if (extra) lines.push(transposedA ? rows : extra.inner, transposedB ? extra.inner : columns);
  const grid = [Math.ceil(columns / (16 * part)), Math.ceil(rows / (16 * part))] as const;
  const splits = splitsFor(grid[0] * grid[1], inner);
  const span = Math.ceil(inner / splits / depthOf(part)) * depthOf(part);
  const split = splits > 1;
  const program = productProgram({
    part,
    transposedA,
    transposedB,
    aligned: lines.every((width) => width % 4 === 0),
    format: gpu.formatOf(b.tensor),
    extra: extra !== undefined,
    bias: bias !== undefined && !split,
    add: add && !split,
  });
  const out = split ? gpu.make([splits, rows, columns]) : c;
  gpu.run(
    program,
    {
      a: a.tensor,
      b: b.tensor,
      ...(extra ? { a2: extra.a, b2: extra.b } : {}),
      ...(bias ? { bias } : {}),
      c: out,
    },
    {
      ...{ rows, columns, inner, span, scale },
      ...{ fromA: a.from ?? 0, fromB: b.from ?? 0, fromC: split ? 0 : from },
      ...{ inner2: extra?.inner ?? 0, scale2: extra?.scale ?? 0 },
    },
    [...grid, splits],
  );
  if (!split) return;
  const size = rows * columns;
  gpu.run(
    joinProgram({ bias: bias !== undefined, add }),
    { parts: out, ...(bias ? { bias } : {}), c },
    { size, columns, splits, start: from * columns },
    Math.ceil(size / 64),
  );
  gpu.free(out);
}

/** Large tiles reuse the data that they load more often, but only many of them keep a GPU busy. */
function partFor([rows, columns]: Product["sizes"]): Part {
  return Math.ceil(rows / 128) * Math.ceil(columns / 128) >= enoughGroups ? 8 : 4;
}

function splitsFor(groups: number, inner: number): number {
  return Math.max(1, Math.min(Math.floor(enoughGroups / groups), Math.floor(inner / 256)));
}
