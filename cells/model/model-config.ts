/** What the decoder must know of a model, in our words. `config.ts` reads it from a Hugging Face folder. */
import type { LinearLayer } from "./linear-layers.ts";

export type Family = "llama" | "mistral" | "qwen2" | "qwen3";

/** The stretching of RoPE's slow frequencies that Llama 3.1 introduced. */
export type RopeScaling = {
  readonly factor: number;
  readonly lowFrequencyFactor: number;
  readonly highFrequencyFactor: number;
  readonly originalLength: number;
};

export type ModelConfig = {
  /** A Llama where left out, as are the traits below that a plain Llama does not have. */
  readonly family?: Family | undefined;
  /** Linear maps of a layer that add a bias. */
  readonly biases?: readonly LinearLayer[] | undefined;
  /** Each head's query and key are normalised before they are turned (Qwen3). */
  readonly headNorms?: boolean | undefined;
  /** Per layer, how many keys a query sees, itself included; 0 where it sees all. */
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
  /** The output layer is the embedding table. */
  readonly tied: boolean;
  /** Longest sequence that the model was made for. */
  readonly positions: number;
  readonly beginToken: number | undefined;
  /** Tokens after which the model has nothing more to say. */
  readonly endTokens: readonly number[];
};
