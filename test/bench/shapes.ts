/** The models that the benches run, with random weights: speed depends on shapes alone. */
import type { ModelConfig } from "../../cells/model/model-config.ts";
import { weightShapes } from "../../cells/model/weights.ts";
import { random } from "../../cells/random.ts";

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

/** Further shapes for the GPU, by the names that `--shape` takes. */
export const shapes: Readonly<Record<string, ModelConfig>> = {
  "135m": small135m,
  embedded,
  // Qwen2.5-0.5B.
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
  // Llama-3.2-1B.
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

/** What a result says about the shape; what a bench has not is 0. */
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

export type Load = Pick<Shape, "batch" | "length"> & Partial<Pick<Shape, "newTokens" | "rank">>;

export function shapeOf(config: ModelConfig, { batch, length, newTokens = 0, rank = 0 }: Load): Shape {
  const { width, layers, heads, keyValueHeads, feedForward, vocabulary } = config;
  const model = { hidden: width, layers, heads, kvHeads: keyValueHeads, ffn: feedForward, vocabulary };
  return { ...model, batch, length, newTokens, rank };
}

/** Random values for every weight, deviation about 0.02 and norms one; one after the other, so that few live at a time. */
export function* randomWeights(
  config: ModelConfig,
): Generator<{ name: string; shape: number[]; values: Float32Array }> {
  // A table that is read from changing places: numbers as good as needed, a hundred times as fast as drawing each.
  const { uniform } = random(1, "bench weights");
  const table = Float32Array.from({ length: 65_537 }, () => (uniform() - 0.5) * 0.07);
  for (const [name, shape] of weightShapes(config)) {
    const values = new Float32Array(shape.reduce((product, n) => product * n, 1));
    if (shape.length === 1) values.fill(name.endsWith("bias") ? 0 : 1);
    else {
      for (let at = 0; at < values.length; ) {
        const from = Math.floor(uniform() * 65_000);
        const part = table.subarray(from, from + Math.min(table.length - from, values.length - at));
        values.set(part, at);
        at += part.length;
      }
    }
    yield { name, shape: [...shape], values };
  }
}

/** Token ids that differ, none of them special. */
export function someTokens(config: ModelConfig, count: number, seed: number): number[] {
  return Array.from({ length: count }, (_, at) => 10 + ((at * 7919 + seed * 104_729) % (config.vocabulary - 10)));
}
