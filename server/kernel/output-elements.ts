/**
 * How many elements an operation of tfjs is about to make, for operations that make much out of little: with a wrong shape
 * there, one line asks for more memory than the machine has. Operations whose result is no larger than their inputs are left out.
 */
import type { NamedTensorMap, TensorInfo } from "@tensorflow/tfjs";

/** @param kernel the name of the tfjs kernel. @returns 0 if the number is not known */
export function outputElements(kernel: string, inputs: NamedTensorMap, attributes: object = {}): number {
  const named = attributes as Readonly<Record<string, unknown>>;
  const { a, b, x, indices } = inputs;
  switch (kernel) {
    case "Fill":
      return product(named.shape);
    case "Tile":
      return (x?.size ?? 0) * product(named.reps);
    case "OneHot":
      return (indices?.size ?? 0) * Number(named.depth);
    case "BatchMatMul":
    case "_FusedMatMul":
      return a && b ? matrices(a, b, named) : 0;
    default:
      return a && b ? broadcast(a, b) : 0;
  }
}

function product(sizes: unknown): number {
  return Array.isArray(sizes) ? sizes.reduce((all: number, size: number) => all * size, 1) : 0;
}

/** `[batch…, m, k]` by `[batch…, k, n]`; batches broadcast. */
function matrices(
  a: TensorInfo,
  b: TensorInfo,
  { transposeA, transposeB }: { readonly transposeA?: unknown; readonly transposeB?: unknown },
): number {
  const rows = a.shape.at(transposeA === true ? -1 : -2) ?? 1;
  const columns = b.shape.at(transposeB === true ? -2 : -1) ?? 1;
  return Math.max(product(a.shape.slice(0, -2)), product(b.shape.slice(0, -2))) * rows * columns;
}

function broadcast(a: TensorInfo, b: TensorInfo): number {
  let all = 1;
  for (let axis = 1; axis <= Math.max(a.shape.length, b.shape.length); axis += 1)
    all *= Math.max(a.shape.at(-axis) ?? 1, b.shape.at(-axis) ?? 1);
  return all;
}
