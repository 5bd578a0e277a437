/**
 * Device functions in TensorFlow's operations. They use as few operations as possible, because during generation each call takes longer
 * than the arithmetic for a token. If the binding has Palimpsest's own operations (`native/`), one of them replaces several.
 */
import type * as tf from "@tensorflow/tfjs";
import type { StoredMatrix } from "../matrix.ts";
import { packedOf } from "../packed-weight.ts";
import { leading, rowsOf, widthOf } from "../shape.ts";
import { type Handle, nativeOn, type Operations, operate, share } from "./operations.ts";

type Input = tf.TensorInfo;

export function rmsNorm({ x, weight }: { x: Input; weight: Input }, { eps }: { eps: number }, backend: unknown) {
  return operate(backend, (o) => {
    const given = o.tensor(x);
    if (o.native) return [o.runNative("PalimpsestNorm", [given, o.tensor(weight), o.number(eps)])];
    const mean = o.run("Mean", [o.run("Square", [given]), o.integers([-1])], { keep_dims: true, Tidx: "int" });
    const scale = o.run("Rsqrt", [o.run("AddV2", [mean, o.number(eps)])]);
    return [o.run("Mul", [o.run("Mul", [given, scale]), o.tensor(weight)])];
  });
}

export function swiglu({ gate, up }: { gate: Input; up: Input }, _: object, backend: unknown) {
  return operate(backend, (o) => {
    const given = o.tensor(gate);
    if (o.native) return [o.runNative("PalimpsestGated", [given, o.tensor(up)])];
    return [o.run("Mul", [o.run("Mul", [given, o.run("Sigmoid", [given])]), o.tensor(up)])];
  });
}

/** x·cos + (x with its halves swapped)·(−sin, sin). All heads and layers of a pass use the same two tables. */
export function rope(
  { x, positions, inverseFrequencies }: { x: Input; positions: Input; inverseFrequencies: Input },
  { factor, direction }: { factor: number; direction: number },
  backend: unknown,
) {
  return operate(backend, (o) => {
    const half = inverseFrequencies.shape[0]!;
    const keys = [positions.dataId, inverseFrequencies.dataId, factor];
    const tables = (): readonly [Handle, Handle] => {
      const places = o.run("Cast", [o.tensor(positions)], { SrcT: "int", DstT: "float" });
      const angles = o.run("Mul", [o.reshape(places, [...positions.shape, 1, 1]), o.tensor(inverseFrequencies)]);
      const cos = o.run("Mul", [o.run("Cos", [angles]), o.number(factor)]);
      const sin = o.run("Mul", [o.run("Sin", [angles]), o.number(factor * direction)]);
      const twice = (table: Handle): Handle => o.run("Tile", [table, o.integers([1, 1, 1, 2])], { Tmultiples: "int" });
      const signs = Float32Array.from({ length: 2 * half }, (_, i) => (i < half ? -1 : 1));
      return [twice(cos), o.run("Mul", [twice(sin), o.fresh(signs)])];
    };
    const [cos, sin] = o.latest(`rope ${direction}`, keys, tables);
    const given = o.tensor(x);
    if (o.native) return [o.runNative("PalimpsestTurned", [given, cos, sin])];
    const types = { Tshift: "int", Taxis: "int" } as const;
    const exchanged = o.run("Roll", [given, o.integers([half]), o.integers([3])], types);
    return [o.run("AddV2", [o.run("Mul", [given, cos]), o.run("Mul", [exchanged, sin])])];
  });
}

/** Writes into the memory of the cache. InplaceUpdate is TensorFlow's only operation that changes its input. */
export function appendCache(
  { cache, rows }: { cache: Input; rows: Input },
  { at }: { at: number },
  backend: unknown,
): tf.TensorInfo {
  operate(backend, (o) => {
    const [batch, capacity, heads, width] = cache.shape as [number, number, number, number];
    const time = rows.shape[1]!;
    const places = Array.from({ length: batch * time }, (_, i) => Math.floor(i / time) * capacity + at + (i % time));
    const flat = (tensor: Input): Handle => o.reshape(o.tensor(tensor), [rowsOf(tensor) / heads, heads * width]);
    const [where] = o.latest("append", [batch, capacity, time, at], () => [o.fresh(Int32Array.from(places))]);
    o.run("InplaceUpdate", [flat(cache), where, flat(rows)]);
    return [];
  });
  return share(backend, cache);
}

/** The most queries per row for which the native operation, which handles them one by one, is faster. */
const fewQueries = 64;

/** The most queries per row for `attend`. */
export function mostQueries(backend: unknown): number {
  return nativeOn(backend) ? fewQueries : 1;
}

/**
 * Attention of a few queries per row over a cache `[batch, capacity, kvHeads, width]`. Without the native operation the cache is used in
 * its own layout, with all heads side by side: each query is padded with zeros at the places of the other heads. The products with zeros
 * cost less than transposing the cache.
 */
export function attend(
  { q, k, v, segments }: { q: Input; k: Input; v: Input; segments: Input },
  { window, keys }: { window: number; keys: number },
  backend: unknown,
) {
  return operate(backend, (o) => {
    const [batch, , heads, width] = q.shape as [number, number, number, number];
    const [, capacity, kvHeads] = k.shape as [number, number, number, number];
    if (o.native) {
      return [
        o.runNative("PalimpsestAttention", [
          o.tensor(q),
          o.tensor(k),
          o.tensor(v),
          o.tensor(segments),
          o.integers([keys, window]),
        ]),
      ];
    }
    const all = kvHeads * width;
    const [hidden, place, picked] = o.latest(`attention ${window}`, [segments.dataId, keys, heads, width], () => {
      const now = keys - 1;
      const segment = o.tensor(segments);
      const mine = o.run("Slice", [segment, o.integers([0, now]), o.integers([batch, 1])], { Index: "int" });
      const toFloat = (truth: Handle): Handle => o.run("Cast", [truth], { SrcT: truth.dtype, DstT: "float" });
      const inReach = Float32Array.from({ length: capacity }, (_, j) =>
        j <= now && (!window || now - j < window) ? 1 : 0,
      );
      const visible = o.run("Mul", [toFloat(o.run("Equal", [segment, mine])), o.fresh(inReach)]);
      const bias = o.run("Mul", [o.run("Sub", [visible, o.number(1)]), o.number(1e30)]);
      // 1 at the places of a query head's key head.
      const own = Float32Array.from({ length: heads * all }, (_, i) =>
        Math.floor((i % all) / width) === Math.floor((Math.floor(i / all) * kvHeads) / heads) ? 1 : 0,
      );
      const places = o.reshape(o.fresh(own), [1, 1, heads, all]);
      const awake = o.reshape(toFloat(o.run("GreaterEqual", [mine, o.integers([0])])), [batch, 1, 1, 1]);
      const scaled = o.run("Mul", [places, o.number(1 / Math.sqrt(width))]);
      return [o.reshape(bias, [batch, 1, 1, capacity]), scaled, o.run("Mul", [places, awake])];
    });
    const cached = (tensor: Input): Handle => o.reshape(o.tensor(tensor), [batch, 1, capacity, all]);
    const repeated = o.run("Tile", [o.tensor(q), o.integers([1, 1, 1, kvHeads])], { Tmultiples: "int" });
    const products = o.run("BatchMatMulV2", [o.run("Mul", [repeated, place]), cached(k)], { adj_y: true });
    const shares = o.run("Softmax", [o.run("AddV2", [products, hidden])]);
    const mixed = o.run("Mul", [o.run("BatchMatMulV2", [shares, cached(v)]), picked]);
    const perPlace = o.reshape(mixed, [batch, 1, heads, kvHeads, width]);
    return [o.run("Sum", [perPlace, o.integers([3])], { keep_dims: false, Tidx: "int" })];
  });
}

/** Columns of a panel. */
const panel = 16;

/** A weight in the order in which a product reads it: panels `[outputs / 16, width, 16]` for the native operation, or else transposed. */
export function pack({ w }: { w: Input }, _: object, backend: unknown) {
  return operate(backend, (o) => {
    const flat = o.reshape(o.tensor(w), [rowsOf(w), widthOf(w)]);
    if (o.native && rowsOf(w) % panel === 0) return [o.runNative("PalimpsestPack", [flat])];
    return [o.run("Transpose", [flat, o.integers([1, 0])], { Tperm: "int" })];
  });
}

/** The most rows for which packed weights and the native operation are faster. */
const maxPackedRows = 128;

/** The fewest rows for which the native operation is faster without packing. With fewer, reading the weight takes all the time. */
const minNativeRows = 4;

/** x·wᵀ, `[..., width]` by `[outputs, width]` → `[..., outputs]`. */
function byWeight(o: Operations, x: Input, w: Input): Handle {
  const [rows, outputs, packed] = [rowsOf(x), rowsOf(w), packedOf(w)];
  if (packed?.shape.length === 3) return o.runNative("PalimpsestProduct", [o.tensor(x), o.tensor(packed)]);
  if (o.native && rows >= minNativeRows && rows <= maxPackedRows && w.shape.length === 2 && outputs % panel === 0) {
    return o.runNative("PalimpsestProduct", [o.tensor(x), o.tensor(w)]);
  }
  const flat = o.reshape(o.tensor(x), [rows, widthOf(x)]);
  const product =
    packed && rows <= maxPackedRows
      ? o.run("MatMul", [flat, o.tensor(packed)])
      : o.run("MatMul", [flat, o.reshape(o.tensor(w), [outputs, widthOf(w)])], { transpose_b: true });
  return o.reshape(product, [...leading(x), outputs]);
}

export function linear({ x, w, bias }: { x: Input; w: Input; bias?: Input | undefined }, _: object, backend: unknown) {
  return operate(backend, (o) => {
    const product = byWeight(o, x, w);
    return [bias ? o.run("AddV2", [product, o.tensor(bias)]) : product];
  });
}

type Lora = { x: Input; w: Input; a: Input; b: Input; bias?: Input | undefined };

/** Returns y and h = x·aᵀ, as the reference does. */
export function loraLinear({ x, w, a, b, bias }: Lora, { scale }: { scale: number }, backend: unknown) {
  return operate(backend, (o) => {
    const flat = o.reshape(o.tensor(x), [rowsOf(x), widthOf(x)]);
    const h = o.run("MatMul", [flat, o.tensor(a)], { transpose_b: true });
    const low = o.run("MatMul", [o.run("Mul", [h, o.number(scale)]), o.tensor(b)], { transpose_b: true });
    const y = o.run("AddV2", [byWeight(o, x, w), o.reshape(low, [...leading(x), rowsOf(w)])]);
    return [bias ? o.run("AddV2", [y, o.tensor(bias)]) : y, h];
  });
}

/** TensorFlow's type numbers, for types that tfjs does not have. */
const narrow = { BF16: 14, F16: 19 } as const;

/** Copies a weight to TensorFlow. 16-bit values are widened there; their number must be even. */
export function upload({ dtype, shape, bytes }: StoredMatrix, backend: unknown): tf.Tensor {
  const { buffer, byteOffset, length } = bytes;
  return operate(backend, (o) => {
    // Copied, because TensorFlow may use the given memory for the tensor itself.
    if (dtype === "F32") return [o.reshape(o.fresh(new Float32Array(buffer, byteOffset, length / 4).slice()), shape)];
    const halves = o.run("Bitcast", [o.fresh(new Int32Array(buffer, byteOffset, length / 4))], { type: narrow[dtype] });
    return [o.reshape(o.run("Cast", [halves], { SrcT: narrow[dtype], DstT: "float" }), shape)];
  })[0]!;
}
