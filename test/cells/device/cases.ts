/**
 * Cases for every device function at sizes with special handling: odd widths, one row, rank 1, one token, padding, packing, windows,
 * grouped heads. `shapes` are the shapes of the float inputs, with respect to which it is differentiated.
 */
import * as tf from "@tensorflow/tfjs";
import {
  attention,
  crossEntropy,
  droppedLoraLinear,
  embed,
  linear,
  loraLinear,
  rmsNorm,
  rope,
  swiglu,
} from "../../../cells/device/functions.ts";

export type Case = {
  readonly name: string;
  /** Kernels that must run in their fused form on wasm, gradients included. */
  readonly kernels: readonly string[];
  readonly shapes: readonly (readonly number[])[];
  readonly of: (...tensors: tf.Tensor[]) => tf.Tensor;
};

/** Reproducible numbers between −1 and 1. */
export function noise(size: number, seed: number): Float32Array {
  let state = seed * 2654435761 + 12345;
  return Float32Array.from({ length: size }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  });
}

const linears = [
  [1, 1, 1],
  [1, 5, 7],
  [3, 13, 9],
  [5, 8, 16],
  [18, 300, 11],
] as const;

const loras = [
  [1, 6, 5, 1],
  [7, 13, 9, 3],
  [20, 24, 40, 16],
] as const;

const droppedPlaces = [
  { shape: [1, 6], outputs: 5, rank: 1, places: [] },
  { shape: [7, 13], outputs: 9, rank: 3, places: [0, 1, 12, 13, 40, 90] },
  { shape: [2, 10, 24], outputs: 40, rank: 16, places: Array.from({ length: 160 }, (_, at) => 3 * at + (at % 3)) },
  { shape: [2, 3], outputs: 4, rank: 2, places: [0, 1, 2, 3, 4, 5] },
] as const;

type Attention = {
  readonly name: string;
  readonly sizes: readonly [batch: number, tq: number, tk: number, heads: number, kvHeads: number, width: number];
  readonly segments?: readonly number[];
  readonly window?: number;
};

const attentions: Attention[] = [
  { name: "one token", sizes: [1, 1, 1, 1, 1, 3] },
  { name: "plain", sizes: [2, 5, 5, 2, 2, 4] },
  { name: "grouped, longer than a block", sizes: [1, 37, 37, 4, 2, 6] },
  { name: "right padding", sizes: [2, 4, 4, 2, 1, 5], segments: [0, 0, 0, -1, 0, 0, -1, -1] },
  { name: "left padding", sizes: [2, 6, 6, 2, 1, 8], segments: [-1, -1, 0, 0, 0, 0, -1, 0, 0, 0, 0, 0] },
  { name: "packed", sizes: [1, 9, 9, 2, 1, 4], segments: [0, 0, 0, 0, 1, 1, 1, 2, -1] },
  { name: "window", sizes: [1, 21, 21, 2, 1, 4], window: 3 },
];

const ids = () =>
  tf.tensor(
    [
      [2, 0, 2],
      [6, 2, 1],
    ],
    [2, 3],
    "int32",
  );
const targets = (rows: number, vocab: number) =>
  tf.tensor(
    Array.from({ length: rows }, (_, i) => (i * 7 + 3) % vocab),
    [rows],
    "int32",
  );

export const cases: Case[] = [
  ...linears.flatMap(([rows, width, outputs]): Case[] => [
    {
      name: `linear ${rows} × ${width} → ${outputs}`,
      kernels: ["Linear", "LinearInputGradient", "LinearWeightGradient"],
      shapes: [
        [rows, width],
        [outputs, width],
      ],
      of: (x, w) => linear(x!, w!),
    },
  ]),
  {
    name: "linear with bias, three dimensions",
    kernels: ["Linear", "ColumnSum"],
    shapes: [[2, 3, 5], [7, 5], [7]],
    of: (x, w, bias) => linear(x!, w!, bias),
  },
  ...loras.map(
    ([rows, width, outputs, rank]): Case => ({
      name: `LoRA ${rows} × ${width} → ${outputs}, rank ${rank}`,
      kernels: ["LoraLinear", "LoraInputGradient", "LinearInputGradient", "LinearWeightGradient"],
      shapes: [[rows, width], [outputs, width], [rank, width], [outputs, rank], [outputs]],
      of: (x, w, a, b, bias) => loraLinear(x!, w!, a!, b!, 0.7, bias),
    }),
  ),
  {
    name: "LoRA without bias, three dimensions",
    kernels: ["LoraLinear"],
    shapes: [
      [2, 3, 5],
      [7, 5],
      [2, 5],
      [7, 2],
    ],
    of: (x, w, a, b) => loraLinear(x!, w!, a!, b!, 2),
  },
  ...droppedPlaces.map(
    ({ shape, outputs, rank, places }): Case => ({
      name: `LoRA [${shape}] → ${outputs}, rank ${rank}, ${places.length} elements dropped`,
      kernels: ["DroppedLoraLinear", "DroppedLoraInputGradient", "DroppedLoraWeightGradient"],
      shapes: [shape, [outputs, shape.at(-1)!], [rank, shape.at(-1)!], [outputs, rank], [outputs]],
      of(x, w, a, b, bias) {
        const dropped = { places: tf.tensor1d(Int32Array.from(places), "int32"), factor: 1.25 };
        return droppedLoraLinear(x!, w!, { a: a!, b: b!, scale: 0.7 }, dropped, bias);
      },
    }),
  ),
  ...[
    [1, 3],
    [3, 7],
    [2, 16],
  ].map(
    (shape): Case => ({
      name: `RMSNorm [${shape}]`,
      kernels: ["RMSNorm", "RMSNormInputGradient", "RMSNormWeightGradient"],
      shapes: [shape, [shape[1]!]],
      of: (x, weight) => rmsNorm(x!, weight!, 1e-5),
    }),
  ),
  ...[2, 6, 16].map(
    (width): Case => ({
      name: `RoPE, width ${width}`,
      kernels: ["RoPE"],
      shapes: [[3, 3, 2, width]],
      of(x) {
        const positions = tf.tensor(
          [
            [0, 1, 2],
            [100, 4095, 100000],
            [100, 7, 100000],
          ],
          [3, 3],
          "int32",
        );
        const frequencies = Float32Array.from({ length: width / 2 }, (_, i) => 10000 ** ((-2 * i) / width));
        return rope(x!, positions, tf.tensor1d(frequencies), 1.2);
      },
    }),
  ),
  ...[[1], [2, 3, 5], [64]].map(
    (shape): Case => ({
      name: `SwiGLU [${shape}]`,
      kernels: ["SwiGLU", "SwiGLUGradient"],
      shapes: [shape, shape],
      of: (gate, up) => swiglu(tf.mul(gate!, 20), up!),
    }),
  ),
  ...attentions.map(
    ({ name, sizes: [batch, tq, tk, heads, kvHeads, width], segments, window }): Case => ({
      name: `attention, ${name}`,
      kernels: ["Attention", "AttentionGradient"],
      shapes: [
        [batch, tq, heads, width],
        [batch, tk, kvHeads, width],
        [batch, tk, kvHeads, width],
      ],
      of(q, k, v) {
        const all = segments ?? new Array<number>(batch * tk).fill(0);
        return attention(q!, k!, v!, tf.tensor([...all], [batch, tk], "int32"), window === undefined ? {} : { window });
      },
    }),
  ),
  {
    name: "embed, a row used twice",
    kernels: ["Embed", "EmbedGradient"],
    shapes: [[7, 5]],
    of: (table) => embed(table!, ids()),
  },
  ...[
    [1, 3, 5],
    [70, 6, 33],
    [5, 8, 16],
  ].map(
    ([rows, width, vocab]): Case => ({
      name: `cross-entropy ${rows} × ${width} over ${vocab}`,
      kernels: ["CrossEntropy", "CrossEntropyHiddenGradient", "CrossEntropyHeadGradient"],
      shapes: [
        [rows!, width!],
        [vocab!, width!],
      ],
      of: (hidden, head) => crossEntropy(tf.mul(hidden!, 3), head!, targets(rows!, vocab!)),
    }),
  ),
];
