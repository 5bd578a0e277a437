/**
 * The forward pass of Llama and related families, made of device functions. Base weights and the optional adapter are passed in as
 * maps, so the same code serves the frozen base, a LoRA, fully trained modules and training from scratch. Rows are sequences;
 * `segments` tells which tokens belong together (equal numbers) and which are padding (negative), on either side.
 */
import * as tf from "@tensorflow/tfjs";
import {
  appendCache,
  attention,
  droppedLoraLinear,
  embed,
  linear,
  loraLinear,
  rmsNorm,
  rope,
  swiglu,
} from "../device/functions.ts";
import { recomputed } from "../device/gradient.ts";
import { type Adapter, fullyTrainedName, loraPair } from "./adapter.ts";
import type { Dropout } from "./dropout.ts";
import type { LinearLayer } from "./linear-layers.ts";
import type { ModelConfig } from "./model-config.ts";
import { inverseFrequencies } from "./rope.ts";
import { adaptedTable, withWholeTables } from "./tables.ts";
import { embeddingName, headName, type Weights } from "./weights.ts";

export type Decoder = {
  readonly config: ModelConfig;
  readonly weights: Weights;
  readonly frequencies: tf.Tensor1D;
};

/** Token ids `[batch, time]`, their positions in their sequences `[batch, time]`, and the segments of all keys `[batch, keys]`. */
export type Tokens = {
  readonly ids: tf.Tensor2D;
  readonly positions: tf.Tensor2D;
  readonly segments: tf.Tensor2D;
};

/**
 * Keys and values of the tokens so far, with room for more: `[batch, capacity, keyValueHeads, headWidth]` each, one pair per
 * layer. A forward pass writes to it and replaces its tensors.
 */
export type KeyValueCache = { filled: number; readonly layers: { keys: tf.Tensor; values: tf.Tensor }[] };

export function decoder(config: ModelConfig, weights: Weights): Decoder {
  return { config, weights, frequencies: tf.tensor1d(inverseFrequencies(config)) };
}

export function emptyCache({ config }: Decoder, batch: number, capacity: number): KeyValueCache {
  const room = (): tf.Tensor => tf.zeros([batch, capacity, config.keyValueHeads, config.headWidth]);
  return { filled: 0, layers: Array.from({ length: config.layers }, () => ({ keys: room(), values: room() })) };
}

export type ForwardOptions = {
  /** The tokens continue those in the cache and are added to it. The pass is not differentiable then. */
  readonly cache?: KeyValueCache;
  /** Places in `[batch · time]` whose hidden states are needed; after the last attention only these are computed. */
  readonly places?: tf.Tensor1D;
  /** For training an adapter with dropout. */
  readonly dropout?: Dropout | undefined;
  /** Gradient checkpointing: only the input of each layer is kept for the backward pass, which computes the rest again. A third more work, far less memory. */
  readonly checkpointing?: boolean | undefined;
  /** Called with the output of each module and its path, in the order of computation. */
  readonly watch?: ((path: string, output: tf.Tensor) => void) | undefined;
};

type LayerInputs = {
  readonly hidden: tf.Tensor;
  readonly positions: tf.Tensor;
  readonly segments: tf.Tensor;
  readonly places: tf.Tensor | undefined;
};

/**
 * The hidden states after the last norm: `[batch, time, width]`, or `[places, width]` if places are given. Call it inside `tf.tidy`
 * or a gradient.
 */
export function forward(
  decoder: Decoder,
  adapter: Adapter | undefined,
  tokens: Tokens,
  { cache, places, dropout, checkpointing, watch }: ForwardOptions = {},
): tf.Tensor {
  const { config, frequencies } = decoder;
  const { ids, positions, segments } = tokens;
  const [batch, time] = ids.shape;
  const weight = (name: string): tf.Tensor => weightOf(decoder, adapter, name);
  const norm = (x: tf.Tensor, name: string): tf.Tensor => rmsNorm(x, weight(name), config.normEpsilon);

  const watched = (path: string, output: tf.Tensor): tf.Tensor => {
    watch?.(path, output);
    return output;
  };

  const throughLayer = (layer: number, { hidden, positions, segments, places }: LayerInputs): tf.Tensor => {
    const prefix = `model.layers.${layer}`;
    const linearOf = (x: tf.Tensor, name: LinearLayer): tf.Tensor => {
      const path = `${prefix}.${name}`;
      const matrix = weight(`${path}.weight`);
      const bias = config.biases?.includes(name) ? weight(`${path}.bias`) : undefined;
      const pair = adapter && loraPair(adapter, path);
      if (!pair) return linear(x, matrix, bias);
      if (dropout) return droppedLoraLinear(x, matrix, pair, dropout.dropped(path, x.size), bias);
      return loraLinear(x, matrix, pair.a, pair.b, pair.scale, bias);
    };
    const project = (x: tf.Tensor, name: LinearLayer): tf.Tensor => watched(`${prefix}.${name}`, linearOf(x, name));
    const perHead = (x: tf.Tensor, count: number): tf.Tensor => tf.reshape(x, [batch, time, count, config.headWidth]);
    const rotated = (x: tf.Tensor, count: number, name: "q_norm" | "k_norm"): tf.Tensor => {
      const heads = perHead(x, count);
      return rope(config.headNorms ? norm(heads, `${prefix}.self_attn.${name}.weight`) : heads, positions, frequencies);
    };
    const input = norm(hidden, `${prefix}.input_layernorm.weight`);
    const queries = rotated(project(input, "self_attn.q_proj"), config.heads, "q_norm");
    const newKeys = rotated(project(input, "self_attn.k_proj"), config.keyValueHeads, "k_norm");
    const newValues = perHead(project(input, "self_attn.v_proj"), config.keyValueHeads);
    const cached = cache && append(cache, layer, newKeys, newValues);
    const window = config.windows?.[layer] || undefined;
    const attended = cached
      ? attention(queries, cached.keys, cached.values, segments, { window, keys: cache.filled + time })
      : attention(queries, newKeys, newValues, segments, { window });
    const needed = (x: tf.Tensor, width: number): tf.Tensor =>
      places && layer === config.layers - 1
        ? embed(tf.reshape(x, [batch * time, width]), places)
        : tf.reshape(x, [batch, time, width]);
    const attentionOutput = project(needed(attended, config.heads * config.headWidth), "self_attn.o_proj");
    const residual = tf.add(needed(hidden, config.width), attentionOutput);
    const normed = norm(residual, `${prefix}.post_attention_layernorm.weight`);
    const gated = swiglu(project(normed, "mlp.gate_proj"), project(normed, "mlp.up_proj"));
    return watched(prefix, tf.add(residual, project(gated, "mlp.down_proj")));
  };

  // A frozen layer needs no gradient if nothing before it is trained.
  const trained = (prefix: string): tf.Tensor[] =>
    [...(adapter?.tensors ?? [])].filter(([name]) => name.includes(`${prefix}.`)).map(([, tensor]) => tensor);
  let needsGradient = trained("model.embed_tokens").length > 0;
  let hidden: tf.Tensor = watched("model.embed_tokens", embed(embeddings(decoder, adapter), ids));
  for (let layer = 0; layer < config.layers; layer += 1) {
    const before = hidden;
    const inputs = { hidden: before, positions, segments, places };
    const through = (layerInputs: LayerInputs): tf.Tensor => tf.tidy(() => throughLayer(layer, layerInputs));
    if (checkpointing) {
      const own = trained(`model.layers.${layer}`);
      hidden = recomputed(through, inputs, needsGradient ? [before, ...own] : own);
      needsGradient ||= own.length > 0;
    } else hidden = through(inputs);
    // The tape holds its own reference to it if the backward pass needs it.
    before.dispose();
  }
  if (cache) cache.filled += time;
  return watched("model.norm", norm(hidden, "model.norm.weight"));
}

/** Writes a layer's new keys and values after those in the cache. */
function append(
  cache: KeyValueCache,
  layer: number,
  keys: tf.Tensor,
  values: tf.Tensor,
): KeyValueCache["layers"][number] {
  const cached = cache.layers[layer]!;
  const grow = (before: tf.Tensor, rows: tf.Tensor): tf.Tensor => {
    const grown = tf.keep(appendCache(before, rows, cache.filled));
    before.dispose();
    return grown;
  };
  cached.keys = grow(cached.keys, keys);
  cached.values = grow(cached.values, values);
  return cached;
}

/**
 * The weights of the output layer, `[vocabulary, width]`. If a tied base has an adapter that trains the embedding table without the
 * tie, the output layer is still the base's table, as in PEFT.
 */
export function head({ config, weights }: Decoder, adapter: Adapter | undefined): tf.Tensor2D {
  return adaptedTable(adapter, "lm_head", weights.get(headName(config))!);
}

/** The embedding table, `[vocabulary, width]`. */
function embeddings({ weights }: Decoder, adapter: Adapter | undefined): tf.Tensor2D {
  return adaptedTable(adapter, "model.embed_tokens", weights.get(embeddingName)!);
}

/** An adapter for many forward passes with the same weights. It takes over the tensors of the given one. */
export function prepared({ config, weights }: Decoder, adapter: Adapter): Adapter {
  return withWholeTables(adapter, {
    "model.embed_tokens": weights.get(embeddingName)!,
    lm_head: weights.get(headName(config))!,
  });
}

/** The adapter's fully trained copy of a weight, or else the base's weight. */
export function weightOf(decoder: Decoder, adapter: Adapter | undefined, name: string): tf.Tensor {
  const found = adapter?.tensors.get(fullyTrainedName(name)) ?? decoder.weights.get(name);
  if (!found) throw new Error(`The model has no weight "${name}".`);
  return found;
}
