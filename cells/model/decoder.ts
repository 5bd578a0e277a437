/**
 * The forward pass of a Llama and its kin, written over device functions. Base weights and the optional adapter come in
 * as maps, so the same lines serve the frozen base, a LoRA on top of it, modules that train whole, and training from
 * scratch. Rows are sequences; `segments` says which tokens belong together (equal numbers) and which are padding
 * (negative), on either side.
 */
import * as tf from "@tensorflow/tfjs";
import { appendCache, attention, embed, linear, loraLinear, rmsNorm, rope, swiglu } from "../device/functions.ts";
import { recomputed } from "../device/gradient.ts";
import { type Adapter, loraPair, wholeName } from "./adapter.ts";
import { type Dropout, droppedLora } from "./dropout.ts";
import type { LinearLayer } from "./linear-layers.ts";
import type { ModelConfig } from "./model-config.ts";
import { inverseFrequencies } from "./rope.ts";
import { embeddingName, headName, type Weights } from "./weights.ts";

export type Decoder = {
  readonly config: ModelConfig;
  readonly weights: Weights;
  readonly frequencies: tf.Tensor1D;
};

/** Token ids `[batch, time]`, where each stands in its sequence `[batch, time]`, and the segments of all keys `[batch, keys]`. */
export type Tokens = {
  readonly ids: tf.Tensor2D;
  readonly positions: tf.Tensor2D;
  readonly segments: tf.Tensor2D;
};

/**
 * Keys and values of what was read before, with room for what comes: `[batch, capacity, keyValueHeads, headWidth]`
 * each, one pair per layer. A forward pass writes into it and replaces its tensors.
 */
export type Cache = { filled: number; readonly layers: { keys: tf.Tensor; values: tf.Tensor }[] };

export function decoder(config: ModelConfig, weights: Weights): Decoder {
  return { config, weights, frequencies: tf.tensor1d(inverseFrequencies(config)) };
}

export function emptyCache({ config }: Decoder, batch: number, capacity: number): Cache {
  const room = (): tf.Tensor => tf.zeros([batch, capacity, config.keyValueHeads, config.headWidth]);
  return { filled: 0, layers: Array.from({ length: config.layers }, () => ({ keys: room(), values: room() })) };
}

export type ForwardOptions = {
  /** The tokens continue what the cache holds, and join it. Nothing can be differentiated then. */
  readonly cache?: Cache;
  /** Places in `[batch · time]` whose hidden states are wanted; behind the last attention only these are computed. */
  readonly places?: tf.Tensor1D;
  /** While training an adapter that has dropout. */
  readonly dropout?: Dropout | undefined;
  /** Of each layer only its input is kept for the backward pass, which computes the rest again: a third more work, far less memory. */
  readonly checkpointing?: boolean | undefined;
  /** Is shown what each module gives, by its path, in the order in which they are computed. */
  readonly watch?: ((path: string, given: tf.Tensor) => void) | undefined;
};

type LayerInputs = {
  readonly hidden: tf.Tensor;
  readonly positions: tf.Tensor;
  readonly segments: tf.Tensor;
  readonly places: tf.Tensor | undefined;
};

/**
 * The hidden states behind the last norm: `[batch, time, width]`, or `[places, width]` where places are given. Call it
 * within `tf.tidy` or a gradient.
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

  const watched = (path: string, given: tf.Tensor): tf.Tensor => {
    watch?.(path, given);
    return given;
  };

  const throughLayer = (layer: number, { hidden, positions, segments, places }: LayerInputs): tf.Tensor => {
    const of = `model.layers.${layer}`;
    const mapped = (x: tf.Tensor, map: LinearLayer): tf.Tensor => {
      const matrix = weight(`${of}.${map}.weight`);
      const bias = config.biases?.includes(map) ? weight(`${of}.${map}.bias`) : undefined;
      const pair = adapter && loraPair(adapter, `${of}.${map}`);
      if (!pair) return linear(x, matrix, bias);
      if (dropout) return droppedLora(x, matrix, pair, dropout.mask(`${of}.${map}`, x.shape), bias);
      return loraLinear(x, matrix, pair.a, pair.b, pair.scale, bias);
    };
    const project = (x: tf.Tensor, map: LinearLayer): tf.Tensor => watched(`${of}.${map}`, mapped(x, map));
    const heads = (x: tf.Tensor, count: number): tf.Tensor => tf.reshape(x, [batch, time, count, config.headWidth]);
    const turned = (x: tf.Tensor, count: number, name: "q_norm" | "k_norm"): tf.Tensor => {
      const own = heads(x, count);
      return rope(config.headNorms ? norm(own, `${of}.self_attn.${name}.weight`) : own, positions, frequencies);
    };
    const read = norm(hidden, `${of}.input_layernorm.weight`);
    const queries = turned(project(read, "self_attn.q_proj"), config.heads, "q_norm");
    const newKeys = turned(project(read, "self_attn.k_proj"), config.keyValueHeads, "k_norm");
    const newValues = heads(project(read, "self_attn.v_proj"), config.keyValueHeads);
    const known = cache && remember(cache, layer, newKeys, newValues);
    const window = config.windows?.[layer] || undefined;
    const seen = known
      ? attention(queries, known.keys, known.values, segments, { window, keys: cache.filled + time })
      : attention(queries, newKeys, newValues, segments, { window });
    const wanted = (x: tf.Tensor, width: number): tf.Tensor =>
      places && layer === config.layers - 1
        ? embed(tf.reshape(x, [batch * time, width]), places)
        : tf.reshape(x, [batch, time, width]);
    const mixed = project(wanted(seen, config.heads * config.headWidth), "self_attn.o_proj");
    const attended = tf.add(wanted(hidden, config.width), mixed);
    const thought = norm(attended, `${of}.post_attention_layernorm.weight`);
    const gated = swiglu(project(thought, "mlp.gate_proj"), project(thought, "mlp.up_proj"));
    return watched(of, tf.add(attended, project(gated, "mlp.down_proj")));
  };

  // What is frozen and has nothing trained before it needs no gradient.
  const trained = (of: string): tf.Tensor[] =>
    [...(adapter?.tensors ?? [])].filter(([name]) => name.includes(`${of}.`)).map(([, tensor]) => tensor);
  let reached = trained("model.embed_tokens").length > 0;
  let hidden: tf.Tensor = watched("model.embed_tokens", embed(weight(embeddingName), ids));
  for (let layer = 0; layer < config.layers; layer += 1) {
    const before = hidden;
    const inputs = { hidden: before, positions, segments, places };
    const through = (given: LayerInputs): tf.Tensor => tf.tidy(() => throughLayer(layer, given));
    if (checkpointing) {
      const own = trained(`model.layers.${layer}`);
      hidden = recomputed(through, inputs, reached ? [before, ...own] : own);
      reached ||= own.length > 0;
    } else hidden = through(inputs);
    // What a backward pass needs of it, the pass has kept.
    before.dispose();
  }
  if (cache) cache.filled += time;
  return watched("model.norm", norm(hidden, "model.norm.weight"));
}

/** Writes a layer's new keys and values behind the ones that are there. */
function remember(cache: Cache, layer: number, keys: tf.Tensor, values: tf.Tensor): Cache["layers"][number] {
  const known = cache.layers[layer]!;
  const grow = (before: tf.Tensor, rows: tf.Tensor): tf.Tensor => {
    const grown = tf.keep(appendCache(before, rows, cache.filled));
    before.dispose();
    return grown;
  };
  known.keys = grow(known.keys, keys);
  known.values = grow(known.values, values);
  return known;
}

/**
 * The output layer's weights, `[vocabulary, width]`. Where the head is the embedding table, an adapter that trains a table
 * without a tie has left the base's for the head, as PEFT does.
 */
export function head(decoder: Decoder, adapter: Adapter | undefined): tf.Tensor2D {
  const own = adapter?.tensors.get(wholeName("lm_head.weight"));
  if (own) return own as tf.Tensor2D;
  const tied = decoder.config.tied && adapter?.tied !== false;
  return weightOf(decoder, tied ? adapter : undefined, headName(decoder.config)) as tf.Tensor2D;
}

/** A weight of the base, or what the adapter has in its place. */
export function weightOf(decoder: Decoder, adapter: Adapter | undefined, name: string): tf.Tensor {
  const found = adapter?.tensors.get(wholeName(name)) ?? decoder.weights.get(name);
  if (!found) throw new Error(`The model has no weight "${name}".`);
  return found;
}
