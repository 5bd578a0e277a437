/**
 * An independent computation of a two-layer model in double precision, without tfjs, as the reference for losses and
 * gradients: Llama's layers (RMSNorm, rotary positions, causal attention with grouped heads, SwiGLU) with LoRA.
 */
import type * as tf from "@tensorflow/tfjs";
import { type Adapter, freshAdapter, loraName, loraPair } from "../../../../cells/model/adapter.ts";
import { type Decoder, decoder } from "../../../../cells/model/decoder.ts";
import type { EncodedSample } from "../../../../cells/model/encoded-sample.ts";
import type { LinearLayer } from "../../../../cells/model/linear-layers.ts";
import { lora } from "../../../../cells/model/lora.ts";
import type { ModelConfig } from "../../../../cells/model/model-config.ts";
import { random } from "../../../../cells/random.ts";
import { initialWeights } from "../../../../cells/train/step/initial-weights.ts";

export const handConfig: ModelConfig = {
  vocabulary: 13,
  width: 8,
  layers: 2,
  heads: 2,
  keyValueHeads: 1,
  headWidth: 4,
  feedForward: 12,
  normEpsilon: 1e-5,
  ropeBase: 100,
  ropeScaling: undefined,
  tied: true,
  positions: 64,
  beginToken: undefined,
  endTokens: [2],
};

/** The model with large random weights, and an adapter without zeros, so that every term contributes. */
export function handModel(config: Partial<ModelConfig> = {}, options = lora({ rank: 2, alpha: 3 })) {
  const normal = random(1, "weights").normal;
  const model = { ...handConfig, ...config };
  const made = decoder(
    model,
    initialWeights(model, () => 15 * normal()),
  );
  return { decoder: made, adapter: filledAdapter(made, options) };
}

export function filledAdapter(made: Decoder, options: Adapter["config"]): Adapter {
  const draw = random(2, "adapter").uniform;
  const adapter = freshAdapter(made, options, draw);
  for (const [name, tensor] of adapter.tensors) {
    if (!name.endsWith("lora_B.weight")) continue;
    adapter.tensors.set(name, tensor.add(tensor.onesLike().mul(draw() - 0.5)).mul(0.5) as tf.Tensor);
    tensor.dispose();
  }
  return adapter;
}

/** Samples of unequal length. The second half of each are targets of two roles with different weights. */
export function handSamples(count: number, seed = 1): EncodedSample[] {
  const { uniform } = random(seed, "samples");
  return Array.from({ length: count }, () => {
    const length = 4 + Math.floor(uniform() * 9);
    const [half, later] = [Math.ceil(length / 2), Math.ceil((3 * length) / 4)];
    return {
      ids: Array.from({ length }, () => Math.floor(uniform() * handConfig.vocabulary)),
      spans: [
        { role: "translation", weight: 1, from: half, to: later },
        { role: "rationale", weight: 0.5, from: later, to: length },
      ],
    };
  });
}

type Vector = number[];
export type Numbers = Map<string, { readonly shape: readonly number[]; readonly values: number[] }>;

export function numbersOf(tensors: ReadonlyMap<string, tf.Tensor>): Numbers {
  return new Map([...tensors].map(([name, t]) => [name, { shape: t.shape, values: [...t.dataSync()] }]));
}

const dot = (a: Vector, b: Vector): number => a.reduce((sum, value, at) => sum + value * b[at]!, 0);

/** ln p of every token after each place of a sequence, `[time][vocabulary]`. `adapter` is undefined for the base. */
export function logProbabilitiesByHand(
  config: ModelConfig,
  weights: Numbers,
  adapter: { readonly scale: number; readonly tensors: Numbers } | undefined,
  ids: readonly number[],
): Vector[] {
  const times = (from: Numbers, name: string, x: Vector): Vector => {
    const { shape, values } = from.get(name)!;
    return Array.from({ length: shape[0]! }, (_, row) => dot(values.slice(row * x.length, (row + 1) * x.length), x));
  };
  const linear = (path: string, x: Vector): Vector => {
    const y = times(weights, `${path}.weight`, x);
    if (!adapter) return y;
    const low = times(adapter.tensors, loraName(path, "B"), times(adapter.tensors, loraName(path, "A"), x));
    return y.map((value, at) => value + adapter.scale * low[at]!);
  };
  const norm = (name: string, x: Vector): Vector => {
    const size = Math.sqrt(dot(x, x) / x.length + config.normEpsilon);
    return x.map((value, at) => (value / size) * weights.get(name)!.values[at]!);
  };
  const half = config.headWidth / 2;
  const turned = (x: Vector, place: number): Vector =>
    x.map((value, at) => {
      const [pair, head] = [at % half, Math.floor(at / config.headWidth) * config.headWidth];
      const angle = place / config.ropeBase ** ((2 * pair) / config.headWidth);
      const first = at - head < half;
      const other = x[first ? at + half : at - half]!;
      return value * Math.cos(angle) + (first ? -other : other) * Math.sin(angle);
    });
  const plus = (a: Vector, b: Vector): Vector => a.map((value, at) => value + b[at]!);
  const table = weights.get("model.embed_tokens.weight")!.values;
  let hidden = ids.map((id) => table.slice(id * config.width, (id + 1) * config.width));
  for (let layer = 0; layer < config.layers; layer += 1) {
    const of = `model.layers.${layer}`;
    const read = hidden.map((x) => norm(`${of}.input_layernorm.weight`, x));
    const along = (name: LinearLayer): Vector[] => read.map((x) => linear(`${of}.${name}`, x));
    const [q, k] = [along("self_attn.q_proj").map(turned), along("self_attn.k_proj").map(turned)];
    const v = along("self_attn.v_proj");
    hidden = hidden.map((x, place) => {
      const mixed = Array.from({ length: config.heads }, (_, head) => {
        const [own, shared] = [head * config.headWidth, Math.floor((head * config.keyValueHeads) / config.heads)];
        const part = (y: Vector, from: number): Vector => y.slice(from, from + config.headWidth);
        const scores = k.slice(0, place + 1).map((key) => {
          return dot(part(q[place]!, own), part(key, shared * config.headWidth)) / Math.sqrt(config.headWidth);
        });
        const shares = softmax(scores);
        return Array.from({ length: config.headWidth }, (_, at) =>
          shares.reduce((sum, share, key) => sum + share * v[key]![shared * config.headWidth + at]!, 0),
        );
      }).flat();
      const attended = plus(x, linear(`${of}.self_attn.o_proj`, mixed));
      const thought = norm(`${of}.post_attention_layernorm.weight`, attended);
      const up = linear(`${of}.mlp.up_proj`, thought);
      const gated = linear(`${of}.mlp.gate_proj`, thought).map((gate, at) => (gate / (1 + Math.exp(-gate))) * up[at]!);
      return plus(attended, linear(`${of}.mlp.down_proj`, gated));
    });
  }
  return hidden.map((x) =>
    softmax(times(weights, "model.embed_tokens.weight", norm("model.norm.weight", x))).map(Math.log),
  );
}

function softmax(scores: Vector): Vector {
  const largest = Math.max(...scores);
  const powers = scores.map((score) => Math.exp(score - largest));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((power) => power / sum);
}

/** A target token of a sample: its role and weight, its −ln p, and KL(base ‖ tuned) at its position. */
export type HandTarget = { readonly role: string; readonly weight: number; readonly nll: number; readonly kl: number };

export function targetsByHand(
  config: ModelConfig,
  weights: Numbers,
  adapter: { readonly scale: number; readonly tensors: Numbers },
  samples: readonly EncodedSample[],
): HandTarget[] {
  return samples.flatMap(({ ids, spans }) => {
    const tuned = logProbabilitiesByHand(config, weights, adapter, ids);
    const base = logProbabilitiesByHand(config, weights, undefined, ids);
    return spans.flatMap(({ role, weight, from, to }) =>
      Array.from({ length: to - from }, (_, offset) => {
        const [was, is] = [base[from + offset - 1]!, tuned[from + offset - 1]!];
        const kl = was.reduce((sum, value, at) => sum + Math.exp(value) * (value - is[at]!), 0);
        return { role, weight, nll: -is[ids[from + offset]!]!, kl };
      }),
    );
  });
}

export function scaleOf(adapter: Adapter): number {
  return loraPair(adapter, "model.layers.0.self_attn.q_proj")!.scale;
}
