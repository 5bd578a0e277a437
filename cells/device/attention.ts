/**
 * Causal attention with grouped heads, segments and a sliding window. With segments one mask serves right padding, left padding and
 * packing: a query sees the keys of its own segment that are not after it. For the backward pass only one number per query is saved
 * (the log of the softmax's denominator); the probabilities are computed again.
 */
import * as tf from "@tensorflow/tfjs";
import { type DeviceKernel, defineKernel } from "./kernel.ts";
import * as onTensorflow from "./tensorflow/forms.ts";
import { packedSize } from "./wasm/product.ts";
import * as onWebgpu from "./webgpu/attention.ts";

type Visibility = { readonly window: number; readonly keys: number };
type Attended = { q: tf.Tensor; k: tf.Tensor; v: tf.Tensor; segments: tf.Tensor };

export type AttentionOptions = {
  /** A query sees its own key and at most `window` − 1 keys before it. */
  readonly window?: number;
  /** The number of filled keys in a cache with spare capacity; all by default. */
  readonly keys?: number;
};

/** Returns y and, for the backward pass, log Σ exp of each query's scores, `[batch, heads, tq]`. */
const withoutGradient = {
  integers: ["segments"],
  reference(inputs, visibility) {
    const { scores, value, awake, perHead } = scoresOf(inputs, visibility);
    const largest = tf.max(scores, 3, true);
    const weights = tf.exp(tf.sub(scores, largest));
    const sum = tf.sum(weights, 3, true);
    const y = tf.mul(perHead(tf.matMul(folded(weights, value), value)), tf.div(awake, sum));
    return [tf.transpose(y, [0, 2, 1, 3]), tf.squeeze(tf.add(largest, tf.log(sum)), [3])];
  },
  webgpu: onWebgpu.attention,
  fused({ q, k, v, segments }, { window, keys }, memory) {
    const s = sizesOf(q, k, keys);
    const [y, logSum] = [memory.make(q.shape), memory.make([s.batch, s.heads, s.queries])];
    const scratch = packedSize(s.width, keys) + packedSize(keys, s.width) + s.queries * padded(keys);
    memory.scratch(scratch, (free) => {
      const [from, key, value, segment] = [memory.at(q), memory.at(k), memory.at(v), memory.at(segments)];
      const [to, sums] = [memory.at(y), memory.at(logSum)];
      const { batch, queries, capacity, heads, kvHeads, width } = s;
      memory.kernels.attention(
        ...[from, key, value, segment, to, sums],
        ...[batch, queries, keys, capacity, heads, kvHeads, width, window],
        ...[1 / Math.sqrt(width), free],
      );
    });
    return [y, logSum];
  },
} satisfies Omit<DeviceKernel<Attended, Visibility>, "name">;

const forward = defineKernel<Attended, Visibility>({
  ...withoutGradient,
  name: "Attention",
  gradient: {
    savedInputs: ["q", "k", "v", "segments"],
    savedOutputs: [false, true],
    of([dy], [q, k, v, segments, logSum], visibility) {
      if (visibility.keys !== k!.shape[1]) {
        throw new Error(
          `attention: there is no gradient through a cache with spare capacity (${visibility.keys} of ${k!.shape[1]} keys are filled).`,
        );
      }
      const inputs = { dy: dy!, q: q!, k: k!, v: v!, segments: segments!, logSum: logSum! };
      const [dq, dk, dv] = backward(inputs, visibility);
      return { q: () => dq!, k: () => dk!, v: () => dv! };
    },
  },
});

/** For generation: few queries per row and no backward pass. May return y alone. */
const ofFew = defineKernel<Attended, Visibility>({
  ...withoutGradient,
  name: "AttentionOfFew",
  tensorflow: onTensorflow.attend,
});

const backward = defineKernel<Attended & { dy: tf.Tensor; logSum: tf.Tensor }, Visibility>({
  name: "AttentionGradient",
  integers: ["segments"],
  reference({ dy, logSum, ...inputs }, visibility) {
    const { scores, query, key, value, awake, scale, perHead } = scoresOf(inputs, visibility);
    const p = tf.exp(tf.sub(scores, tf.expandDims(logSum, 3)));
    // The gradient of padding queries is zero.
    const dO = folded(tf.mul(tf.transpose(dy, [0, 2, 1, 3]), awake), value);
    const dP = tf.reshape(tf.matMul(dO, value, false, true), p.shape);
    const dS = folded(tf.mul(p, tf.sub(dP, tf.sum(tf.mul(p, dP), 3, true))), key);
    // The product of a key head goes over the rows of all its query heads, and so sums over them.
    return [
      perHead(tf.mul(tf.matMul(dS, key), scale)),
      tf.matMul(dS, query, true, false),
      tf.matMul(folded(p, value), dO, true, false),
    ].map((gradient) => tf.transpose(gradient, [0, 2, 1, 3]));
  },
  webgpu: onWebgpu.attentionGradient,
  fused({ dy, q, k, v, segments, logSum }, { window, keys }, memory) {
    const s = sizesOf(q, k, keys);
    const out = [memory.make(q.shape), memory.make(k.shape), memory.make(v.shape)];
    const packed = 2 * packedSize(s.width, keys) + packedSize(keys, s.width) + packedSize(s.queries, s.width);
    const scratch = packed + 2 * s.queries * padded(keys);
    memory.scratch(scratch, (free) => {
      const { batch, queries, heads, kvHeads, width } = s;
      memory.kernels.attentionGradient(
        ...[memory.at(dy), memory.at(q), memory.at(k), memory.at(v), memory.at(segments), memory.at(logSum)],
        ...[memory.at(out[0]!), memory.at(out[1]!), memory.at(out[2]!)],
        ...[batch, queries, keys, heads, kvHeads, width, window],
        ...[1 / Math.sqrt(width), free],
      );
    });
    return out;
  },
});

function sizesOf(q: tf.TensorInfo, k: tf.TensorInfo, keys: number) {
  const [batch, queries, heads, width] = q.shape as [number, number, number, number];
  const [, capacity, kvHeads] = k.shape as [number, number, number, number];
  return { batch, queries, heads, width, capacity, kvHeads, keys };
}

/** The length of a row of scores in memory, a multiple of four (one vector). */
function padded(keys: number): number {
  return Math.ceil(keys / 4) * 4;
}

/**
 * For the reference: scores `[batch, heads, tq, tk]`, with −1e30 added at keys that are not seen. Query, key and value are
 * `[batch, kvHeads, rows, width]`; the queries of all heads of a group are rows of one matrix, so keys and values are not repeated.
 */
function scoresOf({ q, k, v, segments }: Attended, { window, keys }: Visibility) {
  const { batch, queries, heads, width, kvHeads } = sizesOf(q, k, keys);
  const first = keys - queries;
  const filled = (cache: tf.Tensor): tf.Tensor =>
    tf.transpose(tf.slice(cache, [0, 0, 0, 0], [batch, keys, kvHeads, width]), [0, 2, 1, 3]);
  const [key, value] = [filled(k), filled(v)];
  const scale = 1 / Math.sqrt(width);
  const query = folded(tf.transpose(tf.mul(q, scale), [0, 2, 1, 3]), key);
  const places = tf.range(0, keys, 1, "int32");
  const own = tf.reshape(tf.slice(places, first, queries), [queries, 1]);
  const inReach = tf.logicalAnd(tf.lessEqual(places, own), tf.less(tf.sub(own, places), window || keys + 1));
  const segment = tf.slice(segments as tf.Tensor2D, [0, 0], [batch, keys]);
  const ownSegment = tf.reshape(tf.slice(segment, [0, first], [batch, queries]), [batch, 1, queries, 1]);
  const same = tf.equal(tf.reshape(segment, [batch, 1, 1, keys]), ownSegment);
  const visible = tf.cast(tf.logicalAnd(tf.reshape(inReach, [1, 1, queries, keys]), same), "float32");
  const products = tf.reshape(tf.matMul(query, key, false, true), [batch, heads, queries, keys]);
  return {
    ...{ query, key, value, scale },
    scores: tf.add(products, tf.mul(tf.sub(visible, 1), 1e30)),
    awake: tf.cast(tf.greaterEqual(ownSegment, 0), "float32"),
    perHead: (rows: tf.Tensor): tf.Tensor => tf.reshape(rows, [batch, heads, queries, width]),
  };
}

/** `[batch, heads, tq, n]` as `[batch, kvHeads, heads / kvHeads · tq, n]`: one matrix per key head. */
function folded(perHead: tf.Tensor, keys: tf.Tensor): tf.Tensor {
  const [batch, kvHeads] = keys.shape as [number, number];
  const [, , , size] = perHead.shape as [number, number, number, number];
  return tf.reshape(perHead, [batch, kvHeads, -1, size]);
}

/**
 * q `[batch, tq, heads, width]`, k and v `[batch, tk, kvHeads, width]`, segments int32 `[batch, tk]` → q's shape.
 * Scores are divided by √width. Query i is at place p = keys − tq + i; it sees key j if j ≤ p, their segments are equal and
 * p − j < window. A query with a negative segment is padding and gives zeros. Differentiable with respect to q, k and v if `keys` is
 * tk.
 */
export function attention(
  q: tf.Tensor,
  k: tf.Tensor,
  v: tf.Tensor,
  segments: tf.Tensor,
  options: AttentionOptions = {},
): tf.Tensor {
  const [batch, queries, heads, width] = q.shape;
  const [, capacity, kvHeads] = k.shape;
  const keys = options.keys ?? capacity ?? 0;
  const alike = tf.util.arraysEqual(k.shape, v.shape) && k.shape[0] === batch && k.shape[3] === width;
  const fits = segments.shape[0] === batch && segments.shape[1] === capacity && keys <= (capacity ?? 0);
  if (q.rank !== 4 || !alike || !fits || (heads ?? 0) % (kvHeads ?? 1) !== 0 || (queries ?? 0) > keys) {
    throw new Error(
      `attention: q [${q.shape}], k [${k.shape}], v [${v.shape}], segments [${segments.shape}] and ${keys} keys do not fit; ` +
        "the shapes must be [batch, tq, heads, width], twice [batch, tk, kvHeads, width] and [batch, tk], with heads a multiple " +
        "of kvHeads and tq ≤ keys ≤ tk.",
    );
  }
  if (options.window !== undefined && options.window < 1) {
    throw new Error(`attention: the window is ${options.window}; it must be at least 1.`);
  }
  const most = tf.getBackend() === "tensorflow" ? onTensorflow.mostQueries(tf.backend()) : 1;
  const few = (queries ?? 0) <= most && !tf.engine().isTapeOn();
  const [y, logSum] = (few ? ofFew : forward)({ q, k, v, segments }, { window: options.window ?? 0, keys });
  if (!tf.engine().isTapeOn()) logSum?.dispose();
  return y!;
}
