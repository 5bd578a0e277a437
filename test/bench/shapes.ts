/** The shapes of the models that the benches run. Weights are random, because speed depends on shapes only. */
import type { ModelConfig } from "../../cells/model/model-config.ts";

const common = {
  normEpsilon: 1e-5,
  ropeBase: 10_000,
  ropeScaling: undefined,
  tied: true,
  beginToken: 1,
  endTokens: [2],
};

/** The shape of SmolLM2-135M. */
export const small135m: ModelConfig = {
  ...common,
  vocabulary: 49_152,
  width: 576,
  layers: 30,
  heads: 9,
  keyValueHeads: 3,
  headWidth: 64,
  feedForward: 1536,
  positions: 2048,
};

/** The shape of the model that ships in `experiments/models/tiny-chat`. */
export const embedded: ModelConfig = {
  ...common,
  vocabulary: 1152,
  width: 128,
  layers: 4,
  heads: 4,
  keyValueHeads: 2,
  headWidth: 32,
  feedForward: 352,
  positions: 512,
};

/** By the names that `--shape` takes. */
export const shapes: Readonly<Record<string, ModelConfig>> = {
  "135m": small135m,
  embedded,
  // The shape of Qwen2.5-0.5B.
  "0.5b": {
    ...common,
    family: "qwen2",
    biases: ["self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj"],
    vocabulary: 151_936,
    width: 896,
    layers: 24,
    heads: 14,
    keyValueHeads: 2,
    headWidth: 64,
    feedForward: 4864,
    positions: 4096,
  },
  // The shape of Llama-3.2-1B.
  "1b": {
    ...common,
    vocabulary: 128_256,
    width: 2048,
    layers: 16,
    heads: 32,
    keyValueHeads: 8,
    headWidth: 64,
    feedForward: 8192,
    positions: 4096,
  },
};

/** The shapes of the model and of the work, as a result reports them. A number that the bench does not use is 0. */
export type Shape = {
  readonly hidden: number;
  readonly layers: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly ffn: number;
  readonly vocabulary: number;
  readonly batch: number;
  readonly length: number;
  readonly newTokens: number;
  readonly rank: number;
};

/** What one round works on: `batch` rows of `length` tokens. */
export type Workload = Pick<Shape, "batch" | "length"> & Partial<Pick<Shape, "newTokens" | "rank">>;

export function shapeOf(config: ModelConfig, { batch, length, newTokens = 0, rank = 0 }: Workload): Shape {
  const { width, layers, heads, keyValueHeads, feedForward, vocabulary } = config;
  const model = { hidden: width, layers, heads, kvHeads: keyValueHeads, ffn: feedForward, vocabulary };
  return { ...model, batch, length, newTokens, rank };
}
