/** Products on a WebGPU device: which program, which tiles, and into how many parts a long sum is split. */
import type * as tf from "@tensorflow/tfjs";
import type { Gpu } from "./gpu.ts";
import { depthOf, joinProgram, type Part, productProgram } from "./matmul.ts";

type Operand = {
  readonly tensor: tf.TensorInfo;
  /** a as `[inner, rows]`, b as `[columns, inner]`. */
  readonly transposed?: boolean;
  /** The line of the tensor at which the matrix begins. */
  readonly from?: number;
};

export type Product = {
  readonly a: Operand;
  readonly b: Operand;
  readonly c: tf.TensorInfo;
  /** The row of c at which the result begins. */
  readonly from?: number;
  readonly sizes: readonly [rows: number, columns: number, inner: number];
  readonly scale?: number;
  /** Adds scale·a·b of a second pair, which lies as the first does. */
  readonly extra?: {
    readonly a: tf.TensorInfo;
    readonly b: tf.TensorInfo;
    readonly inner: number;
    readonly scale: number;
  };
  readonly bias?: tf.TensorInfo | undefined;
  /** c grows by the result. */
  readonly add?: boolean;
};

/** Workgroups from which on a card is busy. */
const enough = 128;

/** c `[rows, columns]` becomes scale·a·b, plus what else is asked for. */
export function product(gpu: Gpu, asked: Product, part: Part = partFor(asked.sizes)): void {
  const { a, b, c, from = 0, sizes, scale = 1, extra, bias, add = false } = asked;
  const [rows, columns, inner] = sizes;
  const [turnedA, turnedB] = [a.transposed ?? false, b.transposed ?? false];
  const lines = [turnedA ? rows : inner, turnedB ? inner : columns];
  if (extra) lines.push(turnedA ? rows : extra.inner, turnedB ? extra.inner : columns);
  const grid = [Math.ceil(columns / (16 * part)), Math.ceil(rows / (16 * part))] as const;
  const splits = splitsFor(grid[0] * grid[1], inner);
  const span = Math.ceil(inner / splits / depthOf(part)) * depthOf(part);
  const split = splits > 1;
  const program = productProgram({
    part,
    turnedA,
    turnedB,
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

/** Large tiles do more with what they load, but only many of them keep a card busy. */
function partFor([rows, columns]: Product["sizes"]): Part {
  return Math.ceil(rows / 128) * Math.ceil(columns / 128) >= enough ? 8 : 4;
}

function splitsFor(groups: number, inner: number): number {
  return Math.max(1, Math.min(Math.floor(enough / groups), Math.floor(inner / 256)));
}
