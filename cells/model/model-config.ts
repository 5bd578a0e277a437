/** What the decoder needs to know about a model. `config.ts` reads it from a Hugging Face folder. */
import type { LinearLayer } from "./linear-layers.ts";

export type Family = "llama" | "mistral" | "qwen2" | "qwen3";

/** RoPE scaling as in Llama 3.1, which lowers the slow frequencies for long contexts. */
export type RopeScaling = {
  readonly factor: number;
  readonly lowFrequencyFactor: number;
  readonly highFrequencyFactor: number;
  readonly originalLength: number;
};

export type ModelConfig = {
  /** Llama by default. The three properties below are undefined for a plain Llama. */
  readonly family?: Family | undefined;
  /** Linear layers with a bias. */
  readonly biases?: readonly LinearLayer[] | undefined;
  /** Whether the query and key of each head are normalised before RoPE (Qwen3). */
  readonly headNorms?: boolean | undefined;
  /** Attention window of each layer: how many keys a query sees, its own included. 0 means all. */
  readonly windows?: readonly number[] | undefined;
  readonly vocabulary: number;
  /** Width of the hidden state. */
  readonly width: number;
  readonly layers: number;
  readonly heads: number;
  readonly keyValueHeads: number;
  readonly headWidth: number;
  readonly feedForward: number;
  readonly normEpsilon: number;
  readonly ropeBase: number;
  readonly ropeScaling: RopeScaling | undefined;
  /** Whether the output layer is the embedding table. */
  readonly tied: boolean;
  /** The longest sequence, in tokens, that the model was trained for. */
  readonly positions: number;
  readonly beginToken: number | undefined;
  /** Tokens that end generation. */
  readonly endTokens: readonly number[];
};
