/**
 * −log softmax(hidden·headᵀ) at the targets. The logits of all rows would be the largest tensor of a training step (tokens ×
 * vocabulary). Here only those of some rows are in memory at a time, and the backward pass computes them again.
 */
import * as tf from "@tensorflow/tfjs";
import { rowsAt, timesRows, timesTransposed } from "./cpu/narrow.ts";
import { defineKernel } from "./kernel.ts";
import { rowsOf, widthOf } from "./shape.ts";
import type { WasmMemory } from "./wasm/memory.ts";
import { narrowScratch, narrowWeight } from "./wasm/narrow.ts";
import { packedSize } from "./wasm/product.ts";
import * as onWebgpu from "./webgpu/cross-entropy.ts";

/** The number of rows whose logits are in memory at a time. */
const chunk = 64;

type Likelihood = { hidden: tf.Tensor; head: tf.Tensor; targets: tf.Tensor };
type Backward = { dy: tf.Tensor; hidden: tf.Tensor; head: tf.Tensor; targets: tf.Tensor; logSum: tf.Tensor };

/** Returns the NLL and, for the backward pass, log Σ exp of each row's logits. */
const forward = defineKernel<Likelihood, Record<string, never>>({
  name: "CrossEntropy",
  integers: ["targets"],
  narrow: ["head"],
  reference({ hidden, head, targets }) {
    const logSums = overParts({ hidden, head }, ({ logits }) => {
      const largest = tf.max(logits, 1, true);
      const sum = tf.sum(tf.exp(tf.sub(logits, largest)), 1);
      return tf.add(tf.log(sum), tf.squeeze(largest, [1]));
    });
    const logSum = tf.concat(logSums);
    return [tf.sub(logSum, tf.sum(tf.mul(hidden, rowsAt(head, targets)), 1)), logSum];
  },
  webgpu: onWebgpu.crossEntropy,
  fused({ hidden, head, targets }, _, memory) {
    const [rows, width, vocab] = [rowsOf(hidden), widthOf(hidden), rowsOf(head)];
    const [nll, logSum] = [memory.make([rows]), memory.make([rows])];
    const narrow = narrowWeight(memory, head);
    const [h, w, t] = [memory.at(hidden), memory.at(head), memory.at(targets)];
    const [n, s] = [memory.at(nll), memory.at(logSum)];
    const invalid = narrow
      ? narrowLogits(memory, rows, vocab, (scratch, logits) => {
          const { half } = narrow;
          return memory.kernels.crossEntropyNarrow(h, w, half, t, n, s, rows, width, vocab, chunk, scratch, logits);
        })
      : memory.scratch(scratchSize(rows, width, vocab), (scratch) =>
          memory.kernels.crossEntropy(h, w, t, n, s, rows, width, vocab, chunk, scratch),
        );
    if (invalid >= 0) {
      memory.free(nll);
      memory.free(logSum);
      throw new Error(`crossEntropy: the target at place ${invalid} is outside the vocabulary of ${vocab} tokens.`);
    }
    return [nll, logSum];
  },
  gradient: {
    savedInputs: ["hidden", "head", "targets"],
    savedOutputs: [false, true],
    of([dy], [hidden, head, targets, logSum]) {
      const all = { dy: dy!, hidden: hidden!, head: head!, targets: targets!, logSum: logSum! };
      return { hidden: () => hiddenGradient(all, {})[0]!, head: () => headGradient(all, {})[0]! };
    },
  },
});

const hiddenGradient = defineKernel<Backward, Record<string, never>>({
  name: "CrossEntropyHiddenGradient",
  integers: ["targets"],
  narrow: ["head"],
  reference({ dy, hidden, head, targets, logSum }) {
    const expected = overParts({ hidden, head }, (part) => timesRows(softmax(part, logSum), head));
    return tf.mul(tf.sub(tf.concat(expected), rowsAt(head, targets)), tf.expandDims(dy, 1));
  },
  webgpu: onWebgpu.crossEntropyHidden,
  fused: (inputs, _, memory) => backward(inputs, memory, "hidden"),
});

const headGradient = defineKernel<Backward, Record<string, never>>({
  name: "CrossEntropyHeadGradient",
  integers: ["targets"],
  reference({ dy, hidden, head, targets, logSum }) {
    const weighted = tf.mul(hidden, tf.expandDims(dy, 1)) as tf.Tensor2D;
    const expected = overParts({ hidden, head }, (part) => {
      const own = tf.slice(weighted, [part.from, 0], [part.rows, -1]);
      return tf.matMul(softmax(part, logSum), own, true, false);
    });
    return tf.sub(tf.addN(expected), tf.scatterND(tf.expandDims(targets, 1), weighted, head.shape));
  },
  webgpu: onWebgpu.crossEntropyHead,
  fused: (inputs, _, memory) => backward(inputs, memory, "head"),
});

type Part = { readonly from: number; readonly rows: number; readonly logits: tf.Tensor2D };

/**
 * Calls `use` with the logits of some rows at a time, for the references: at most 32 MB, but not fewer, since each part costs calls.
 * Terms of the targets alone are computed from their rows of the head: a one-hot matrix would be as large as the logits.
 */
function overParts({ hidden, head }: Pick<Likelihood, "hidden" | "head">, use: (part: Part) => tf.Tensor): tf.Tensor[] {
  const [count, vocab] = [rowsOf(hidden), rowsOf(head)];
  const most = Math.max(chunk, Math.floor(2 ** 23 / vocab));
  return Array.from({ length: Math.ceil(count / most) }, (_, i) =>
    tf.tidy(() => {
      const from = i * most;
      const rows = Math.min(most, count - from);
      const own = tf.slice(hidden as tf.Tensor2D, [from, 0], [rows, -1]);
      return use({ from, rows, logits: timesTransposed(own, head) });
    }),
  );
}

function softmax({ from, rows, logits }: Part, logSum: tf.Tensor): tf.Tensor2D {
  return tf.exp(tf.sub(logits, tf.expandDims(tf.slice(logSum as tf.Tensor1D, from, rows), 1)));
}

function backward(
  { dy, hidden, head, targets, logSum }: { readonly [K in keyof Backward]: tf.TensorInfo },
  memory: WasmMemory,
  of: "hidden" | "head",
): tf.TensorInfo {
  const [rows, width, vocab] = [rowsOf(hidden), widthOf(hidden), rowsOf(head)];
  const out = memory.make(of === "hidden" ? [rows, width] : [vocab, width]);
  const narrow = narrowWeight(memory, head);
  const [d, h, w, t] = [memory.at(dy), memory.at(hidden), memory.at(head), memory.at(targets)];
  const [sums, to] = [memory.at(logSum), memory.at(out)];
  if (narrow) {
    const { crossEntropyHiddenNarrow } = memory.kernels;
    narrowLogits(memory, rows, vocab, (scratch, logits) =>
      crossEntropyHiddenNarrow(d, h, w, narrow.half, t, sums, to, rows, width, vocab, chunk, scratch, logits),
    );
    return out;
  }
  memory.scratch(scratchSize(rows, width, vocab), (scratch) => {
    const kernel = memory.kernels[of === "hidden" ? "crossEntropyHidden" : "crossEntropyHead"];
    kernel(d, h, w, t, sums, to, rows, width, vocab, chunk, scratch);
  });
  return out;
}

/** Temporary memory for a head in 16 bits, which is widened part by part, and the logits of a chunk. */
function narrowLogits<T>(
  memory: WasmMemory,
  rows: number,
  vocab: number,
  use: (scratch: number, logits: number) => T,
): T {
  const logits = Math.min(rows, chunk) * vocab;
  return memory.scratch(narrowScratch + logits, (scratch) => use(scratch, scratch + 4 * narrowScratch));
}

/** Floats for the packed head, a second packed matrix (the head again, or a chunk of rows), and the logits of a chunk. */
function scratchSize(rows: number, width: number, vocab: number): number {
  const second = Math.max(packedSize(vocab, width), packedSize(chunk, width));
  return packedSize(width, vocab) + second + Math.min(rows, chunk) * vocab;
}

/**
 * hidden `[n, width]`, head `[vocab, width]`, targets int32 `[n]` → NLL `[n]` in nats. Differentiable with respect to hidden and
 * head. A target outside the vocabulary is an error (NaN on WebGPU).
 */
export function crossEntropy(hidden: tf.Tensor, head: tf.Tensor, targets: tf.Tensor): tf.Tensor {
  if (hidden.rank !== 2 || targets.size !== rowsOf(hidden) || widthOf(hidden) !== widthOf(head)) {
    throw new Error(
      `crossEntropy: hidden [${hidden.shape}], head [${head.shape}] and targets [${targets.shape}] do not fit; ` +
        "the shapes must be [n, width], [vocab, width] and [n].",
    );
  }
  const [nll, logSum] = forward({ hidden, head, targets }, {});
  if (!tf.engine().isTapeOn()) logSum!.dispose();
  return nll!;
}
